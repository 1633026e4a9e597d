import { retryable } from './api.generated.ts'

/** The codes of the server's errors, and two of the client's own. */
export type ErrorCode = keyof typeof retryable | 'server_unreachable' | 'unreadable_answer'

/** True for the code of an error of the server; any other code is a refusal's. */
export const isErrorCode = (code: string): code is keyof typeof retryable =>
  Object.hasOwn(retryable, code)

export type ErrorDetails = {
  message: string
  retryable?: boolean
  status?: number | undefined
  hint?: string | undefined
  request_id?: string | undefined
  cause?: unknown
}

/**
 * The world failed: the server cannot be reached, is overloaded, does not know the key …
 *
 * @example
 * try { await shop.commit({ reservation_id, order_reference }) } catch (error) {
 *   if (error instanceof HoldfastError && error.code === 'forbidden') console.error(error.hint)
 *   throw error
 * }
 */
export class HoldfastError extends Error {
  readonly code: ErrorCode
  /** The same call, with the same key, may simply be made again. */
  readonly retryable: boolean
  /** The HTTP status; undefined when no answer came. */
  readonly status: number | undefined
  /** What to do about it, for a person. */
  readonly hint: string | undefined
  /** Names the request in the server's log. */
  readonly request_id: string | undefined

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, { cause: details.cause })
    this.name = 'HoldfastError'
    this.code = code
    this.retryable = details.retryable ?? (isErrorCode(code) ? retryable[code] : true)
    this.status = details.status
    this.hint = details.hint
    this.request_id = details.request_id
  }
}
