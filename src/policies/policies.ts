import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import { type Context, readFor } from '../database/context.ts'
import type { Answer, Refusal } from '../refusals.ts'

export type BackorderMode = 'deny' | 'allow' | 'notify' | 'pre_order' | 'made_to_order'

/** What a policy may say; docs/reference/policies.md explains each field. */
export type PolicyFields = {
  hold_seconds: number
  order_hold_seconds: number
  extension_count_max: number
  hold_life_seconds_max: number
  scarce_below: number | null
  scarce_hold_seconds: number | null
  backorder_mode: BackorderMode
  backorder_cap: number
  lead_days_min: number | null
  lead_days_max: number | null
  ship_from: string | null
  ship_to: string | null
  capacity_per_day: number | null
  capacity_per_week: number | null
  ship_complete: boolean
  backorder_priority: number
  safety_stock: number
  low_stock_threshold: number | null
  release_delay_seconds: number
  date_tolerance_days: number
  silence_default: 'keep' | 'cancel'
  silence_days: number
  fail_open: boolean
  /** Of what is free for all, what the rule's channel may sell, in per cent. */
  share_percent: number
}

/** What a rule is about; a word that is left out stands for all. */
export type RuleScope = {
  /** A handle; a rule is of a product or of a SKU, not of both. */
  product?: string | null | undefined
  sku?: string | null | undefined
  location?: string | null | undefined
  channel?: string | null | undefined
  /** What sort of customer, in the words of the shop. */
  tier?: string | null | undefined
}

/** A rule by its id, or by its scope; and the time in which it holds. */
export type NamedRule = RuleScope & {
  rule?: number | undefined
  starts_at?: string | null | undefined
  ends_at?: string | null | undefined
}

/** Null: the rule says nothing of this field. */
export type RuleFields = { [Field in keyof PolicyFields]?: PolicyFields[Field] | null }

/** One version of a rule. */
export type Rule = {
  rule: number
  version: number
  product: string | null
  sku: string | null
  location: string | null
  channel: string | null
  tier: string | null
  starts_at: string | null
  ends_at: string | null
  fields: RuleFields
  changed_at: string
  /** Who, as an opaque number (an API key's id). */
  changed_by: number | null
  /** When this version was replaced by the next, or cleared; null: it is in force. */
  closed_at: string | null
  closed_by: number | null
}

/** What a rule that was taken does not do. */
export type RuleWarning = {
  code: 'backorder_cap_zero' | 'backorder_cap_missing'
  message: string
}

export type ChangedRule = Rule & { changed: boolean; warnings: RuleWarning[] }

/** With `mode: 'each'` a line that is refused stands among those that were done. */
export type ChangedRules = { rules: (ChangedRule | { refusal: Refusal })[] }

type Change<Line> = {
  rules: Line[]
  /** `each`: what can be done is done, line by line; all or nothing when left out. */
  mode?: 'all_or_nothing' | 'each' | undefined
  /** Answers in full and changes nothing. */
  dry_run?: boolean | undefined
}

export type SetRules = Change<NamedRule & { fields: RuleFields }>
export type ClearRules = Change<NamedRule>

export type ListRules = PageRequest<'changed_at'> & RuleScope & { rule?: number | undefined }

/** The policy of a SKU in a sale, and why it is so. */
export type ExplainedPolicy = {
  sku: string
  location: string | null
  channel: string | null
  tier: string | null
  at: string
  /** Of the newest rule that has decided a field; 0 where the tenant's settings decide all. */
  version: number
  policy: PolicyFields
  /** By field: the id of the rule that has decided it, or `default`. */
  decided_by: { [Field in keyof PolicyFields]: number | 'default' }
  /** From the weakest to the strongest. */
  chain: ChainLink[]
  tracked: { value: boolean; decided_by: 'tenant' | 'sku' }
}

export type ChainLink = Partial<Omit<Rule, 'rule'>> & {
  rule: number | 'default'
  fields: RuleFields
  /** The fields that hold because of it. */
  decides: (keyof PolicyFields)[]
}

export type ExplainPolicy = {
  sku: string
  location?: string | undefined
  channel?: string | undefined
  tier?: string | undefined
  /** An instant from now on; now when left out. */
  at?: string | undefined
}

/**
 * The room of policies, for one tenant: rules that say how long a cart is held, whether a SKU may
 * be sold beyond stock, how much is kept back. The strongest that says something of a field decides
 * it: any, location, product, SKU, channel, tier; the tenant's settings where none does.
 *
 * @example
 * await holdfast.policies.set({
 *   rules: [{ sku: 'TEE-M', fields: { backorder_mode: 'allow', backorder_cap: 5 } }],
 * })
 * const why = await holdfast.policies.explain({ sku: 'TEE-M' })
 */
export const policiesOf = (context: Context) => ({
  /** A field that a line does not name stays as the rule has it. */
  set: (request: SetRules, options?: CallOptions): Promise<Answer<ChangedRules>> =>
    writeFitting(context, 'set_rules', request, options),
  /** From now on these rules say nothing; their versions stay in the history. */
  clear: (request: ClearRules, options?: CallOptions): Promise<Answer<ChangedRules>> =>
    writeFitting(context, 'clear_rules', request, options),
  /** Rules in force, or yet to begin. */
  list: (request: ListRules = {}): Promise<PageAnswer<Rule>> =>
    readFitting(context, 'list_rules', request),
  /** Every version of the rules: who changed what, and when. */
  history: (request: ListRules = {}): Promise<PageAnswer<Rule>> =>
    readFitting(context, 'list_rule_changes', request),
  explain: (request: ExplainPolicy): Promise<Answer<ExplainedPolicy>> =>
    readFitting(context, 'explain_policy', request),
  /** Brings every level to the safety stock of the rules: once a day, by the sweeper. */
  keepSafetyStock: (): Promise<{ levels: number }> => readFor(context, 'keep_all_safety_stock'),
})

export type Policies = ReturnType<typeof policiesOf>
