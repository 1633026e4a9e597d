/**
 * Every error: the world failed. Thrown, unlike a refusal; `retryable` says whether the same call
 * with the same key may simply be made again. `docs/reference/errors.md` explains each.
 */
export const errors = {
  database_unavailable: { retryable: true, message: 'The database cannot be reached.' },
  database_is_replica: {
    retryable: true,
    message: 'The database is a replica; it decides nothing.',
  },
  overloaded: { retryable: true, message: 'Too many calls wait already.' },
  rate_limited: { retryable: true, message: 'Too many calls from this address: wait.' },
  deadline_exceeded: { retryable: true, message: 'The call was not answered within its deadline.' },
  busy: { retryable: true, message: 'Another call on the same rows was in the way; call again.' },
  closed: { retryable: false, message: 'This instance was closed.' },
  migration_required: { retryable: false, message: 'The schema is older than this version.' },
  migration_changed: { retryable: false, message: 'An applied migration differs from its file.' },
  schema_too_new: { retryable: false, message: 'The schema is newer than this version.' },
  rights_missing: { retryable: false, message: 'The database role lacks a right.' },
  not_durable: { retryable: false, message: 'The database would lose acknowledged writes.' },
  wrong_isolation: { retryable: false, message: 'Holdfast decides in READ COMMITTED only.' },
  unsupported_database: { retryable: false, message: 'PostgreSQL 15 to 18 is needed.' },
  unknown_tenant: { retryable: false, message: 'No tenant has this code.' },
  unauthenticated: {
    retryable: false,
    message: 'The API key or the session is missing, wrong or ended.',
  },
  forbidden: { retryable: false, message: 'Whoever calls may not do this.' },
  route_not_found: { retryable: false, message: 'No such route.' },
  method_not_allowed: { retryable: false, message: 'The route exists, but not with this method.' },
  unsupported_media_type: { retryable: false, message: 'The body must be application/json.' },
  body_too_large: { retryable: false, message: 'The body is larger than the limit.' },
  broken_invariant: {
    retryable: false,
    message: 'Holdfast found itself wrong; nothing was written.',
  },
} as const satisfies Record<string, { retryable: boolean; message: string }>

export type ErrorCode = keyof typeof errors

/**
 * The world failed.
 *
 * @example
 * try { await holdfast.reserve(cart, { key }) } catch (error) {
 *   if (error instanceof HoldfastError && error.retryable) return again(cart, key)
 *   throw error
 * }
 */
export class HoldfastError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  /** What to do about it, for a person. */
  readonly hint: string | undefined
  /** When to come back, where that is known. */
  readonly retry_after_seconds: number | undefined

  constructor(
    code: ErrorCode,
    details: {
      message?: string
      hint?: string
      cause?: unknown
      retry_after_seconds?: number
    } = {},
  ) {
    super(details.message ?? errors[code].message, { cause: details.cause })
    this.name = 'HoldfastError'
    this.code = code
    this.retryable = errors[code].retryable
    this.hint = details.hint
    this.retry_after_seconds = details.retry_after_seconds
  }
}
