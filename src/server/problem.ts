import { type ErrorCode, errors, HoldfastError } from '../errors.ts'
import { type Refusal, type RefusalCode, refusals } from '../refusals.ts'
import { remedies } from './remedies.ts'

export type Code = RefusalCode | ErrorCode

/** The one place where a code becomes an HTTP status. */
export const statuses = {
  insufficient_stock: 409,
  unknown_sku: 404,
  unknown_location: 404,
  level_not_found: 404,
  too_large: 422,
  invalid_quantity: 422,
  invalid_request: 400,
  reservation_not_found: 404,
  reservation_exists: 409,
  reservation_expired: 409,
  already_released: 409,
  extension_limit: 409,
  exceeds_remaining: 409,
  exceeds_fulfilled: 409,
  not_on_hand: 409,
  awaits_supply: 409,
  supply_not_found: 404,
  supply_exists: 409,
  supply_closed: 409,
  exceeds_ordered: 409,
  notice_not_found: 404,
  notice_answered: 409,
  stale_quantity: 409,
  would_go_negative: 409,
  idempotency_key_reused: 422,
  key_expired: 410,
  product_not_found: 404,
  product_exists: 409,
  variant_exists: 409,
  sku_exists: 409,
  code_in_use: 409,
  sku_in_use: 409,
  units_differ: 409,
  location_exists: 409,
  location_in_use: 409,
  unknown_calendar: 404,
  calendar_exists: 409,
  calendar_in_use: 409,
  unknown_channel: 404,
  location_not_in_channel: 409,
  channel_exists: 409,
  kit_not_found: 404,
  kit_in_circle: 409,
  kit_too_deep: 409,
  kit_in_use: 409,
  kit_is_virtual: 409,
  kit_not_whole: 409,
  rule_not_found: 404,
  mail_not_found: 404,
  mail_erased: 409,
  recipient_not_found: 404,
  cap_below_promised: 409,
  tenant_not_found: 404,
  tenant_exists: 409,
  key_not_found: 404,
  person_not_found: 404,
  person_exists: 409,
  person_needed: 409,
  last_admin: 409,
  owner_exists: 409,
  link_not_found: 404,
  wrong_password: 401,
  weak_password: 422,
  too_many_attempts: 429,
  cart_open: 409,
  cart_too_large: 409,
  session_not_found: 404,
  not_your_location: 403,
  webhook_not_found: 404,
  delivery_not_found: 404,
  import_not_found: 404,
  precondition_failed: 412,
  database_unavailable: 503,
  database_is_replica: 503,
  overloaded: 503,
  rate_limited: 429,
  deadline_exceeded: 504,
  busy: 503,
  closed: 503,
  migration_required: 503,
  migration_changed: 500,
  schema_too_new: 503,
  rights_missing: 500,
  not_durable: 503,
  wrong_isolation: 500,
  unsupported_database: 500,
  unknown_tenant: 404,
  unauthenticated: 401,
  forbidden: 403,
  route_not_found: 404,
  method_not_allowed: 405,
  unsupported_media_type: 415,
  body_too_large: 413,
  broken_invariant: 500,
} as const satisfies Record<Code, number>

const statusOf = (code: string): number =>
  (statuses as Record<string, number>)[code] ?? (code.endsWith('_not_found') ? 404 : 409)

const RETRY_AFTER_SECONDS = 1

const titles: Record<string, string> = {
  ...refusals,
  ...Object.fromEntries(Object.entries(errors).map(([code, error]) => [code, error.message])),
}

export const titleOf = (code: string): string => titles[code] ?? code

/** RFC 9457, with our code, the facts of the refusal, and what to do next. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  code: string
  request_id: string
  hint?: string
  field?: string
  [fact: string]: unknown
}

export type Place = { instance: string; request_id: string }

export type FieldError = { field: string; reason: string; too_large?: true }

const problem = (
  code: string,
  detail: string,
  place: Place,
  facts: Record<string, unknown> = {},
): Problem => {
  const hint = facts.hint ?? remedies[code as Code]
  return {
    type: `/docs/errors/${code}`,
    title: titleOf(code),
    status: statusOf(code),
    detail,
    ...place,
    code,
    ...(typeof hint === 'string' ? { hint } : {}),
    ...factsOf(facts),
  }
}

/** No fact may hide a member of the problem itself. */
const OWN = new Set(['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id', 'hint'])

const factsOf = (facts: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => !OWN.has(name)))

/** A refusal as a problem: the same facts, at top level. */
export const refusalProblem = (refusal: Refusal, place: Place): Problem => {
  const { code, message, ...facts } = refusal
  return problem(code, message, place, facts)
}

const QUANTITY_FIELD = /(^|\.)(quantity|change_from)$/

const codeOf = (fields: FieldError[]): Code => {
  if (fields.length === 0) return 'invalid_request'
  if (fields.every(({ field }) => QUANTITY_FIELD.test(field))) return 'invalid_quantity'
  return fields.every(({ too_large }) => too_large) ? 'too_large' : 'invalid_request'
}

/** A request that does not have the shape: every field that is wrong, with the reason. */
export const shapeProblem = (fields: FieldError[], place: Place): Problem => {
  const code = codeOf(fields)
  const [first] = fields
  const detail = first ? `${first.field || 'The request'} ${first.reason}.` : titleOf(code)
  return problem(code, detail, place, {
    errors: fields.map(({ field, reason }) => ({ field, reason })),
    ...(first?.field ? { field: first.field } : {}),
  })
}

export const errorProblem = (error: HoldfastError, place: Place): Problem =>
  problem(error.code, error.message, place, {
    retryable: error.retryable,
    hint: error.hint,
    ...(error.retry_after_seconds === undefined
      ? {}
      : { retry_after_seconds: error.retry_after_seconds }),
  })

/** What PostgreSQL says of a value that no check of ours caught: a bad request all the same. */
const BAD_VALUE = new Set(['22001', '22003', '22007', '22008', '22021', '22023', '22P02', '22P05'])

type Thrown = { code?: unknown; statusCode?: unknown; message?: unknown }

/** What Fastify itself refuses, by its status, in our codes. */
const frameworkCodes: Record<number, Code> = {
  404: 'route_not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  503: 'closed',
}

const plain = (code: unknown, message: string): string =>
  code === 'FST_ERR_CTP_INVALID_JSON_BODY' ? 'The body is not valid JSON.' : message

/** Anything thrown, as a problem; `known` is false where only a bug or the world explains it. */
export const thrownProblem = (
  thrown: unknown,
  place: Place,
): { problem: Problem; known: boolean } => {
  if (thrown instanceof HoldfastError) {
    return { problem: errorProblem(thrown, place), known: statusOf(thrown.code) !== 500 }
  }
  const { code, statusCode, message } = (thrown ?? {}) as Thrown
  if (typeof code === 'string' && BAD_VALUE.has(code)) {
    return { problem: problem('invalid_request', titleOf('invalid_request'), place), known: false }
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    const ours = frameworkCodes[statusCode] ?? 'invalid_request'
    const detail = ours === 'invalid_request' ? plain(code, String(message)) : titleOf(ours)
    return { problem: problem(ours, detail, place), known: true }
  }
  if (statusCode === 503)
    return { problem: problem('closed', titleOf('closed'), place), known: true }
  const bug = titleOf('broken_invariant')
  return { problem: problem('broken_invariant', bug, place), known: false }
}

/** The headers that a status owes its reader (RFC 9110). */
export const headersFor = ({
  status,
  retry_after_seconds: seconds,
}: {
  status: number
  retry_after_seconds?: unknown
}): Record<string, string> => {
  if (typeof seconds === 'number') return { 'retry-after': String(seconds) }
  if (status === 503) return { 'retry-after': String(RETRY_AFTER_SECONDS) }
  if (status === 401) return { 'www-authenticate': 'Bearer realm="holdfast"' }
  return {}
}
