import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import { ClearRules, ExplainPolicy, ListRules, RulePage, SetRules } from './shapes.ts'

const tag = 'Policies'
const changed = Type.Ref('ChangedRules#')
const unknown = ['product_not_found', 'unknown_sku', 'unknown_location', 'unknown_channel'] as const

/** Policies over HTTP. */
export const policyRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/policies',
    scope: 'read',
    tag,
    operation: 'list_policies',
    summary: 'List rules of policy, in force or yet to begin',
    description: 'Rules that name the words asked for; without any, all rules.',
    query: ListRules,
    answer: RulePage,
    refusals: [...unknown, 'too_large'],
    call: (holdfast, { query }) => holdfast.policies.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/policies/set',
    scope: 'stock',
    tag,
    operation: 'set_policies',
    summary: 'Set rules of policy: all of them or none',
    description:
      'A line changes the rule of just its scope and time, or makes it; a field that it does not ' +
      'name stays, one that is null is said nothing of. The strongest rule that says something ' +
      'of a field decides it: any, location, product, SKU, channel, tier.',
    body: SetRules,
    answer: changed,
    refusals: [...unknown, 'rule_not_found', 'cap_below_promised', 'too_large'],
    call: (holdfast, { body, options }) => holdfast.policies.set(body, options),
  }),
  route({
    method: 'POST',
    url: '/v1/policies/clear',
    scope: 'stock',
    tag,
    operation: 'clear_policies',
    summary: 'Clear rules of policy: from now on they say nothing',
    body: ClearRules,
    answer: changed,
    refusals: [...unknown, 'rule_not_found', 'cap_below_promised', 'too_large'],
    call: (holdfast, { body, options }) => holdfast.policies.clear(body, options),
  }),
  route({
    method: 'GET',
    url: '/v1/policies/explain',
    scope: 'read',
    tag,
    operation: 'explain_policy',
    summary: 'Explain the policy of a SKU in a sale: the whole chain, and who has decided what',
    query: ExplainPolicy,
    answer: Type.Ref('ExplainedPolicy#'),
    refusals: ['unknown_sku', 'unknown_location', 'unknown_channel', 'too_large'],
    call: (holdfast, { query }) => holdfast.policies.explain(query),
  }),
  route({
    method: 'GET',
    url: '/v1/policies/history',
    scope: 'read',
    tag,
    operation: 'list_policy_history',
    summary: 'List every version of the rules: who changed what, and when',
    query: ListRules,
    answer: RulePage,
    refusals: [...unknown, 'too_large'],
    call: (holdfast, { query }) => holdfast.policies.history(query),
  }),
]
