import type { Operation, Refusal } from './answer.ts'
import { retryable, routes } from './api.generated.ts'
import { clock } from './clock.ts'
import { HoldfastError, isErrorCode } from './error.ts'
import { type Failed, retryAfterMs } from './retry.ts'

export type Wire = {
  url: string
  key: string
  fetch: typeof fetch
  /** Milliseconds after which one attempt is given up and made again. */
  attempt_ms: number
}

export type Sent = { method: string; path: string; body: string | undefined }

type Values = Record<string, unknown>

const queryOf = (values: Values): string => {
  const pairs = Object.entries(values).flatMap(([name, value]): [string, string][] =>
    (Array.isArray(value) ? value : [value])
      .filter(each => each !== undefined && each !== null)
      .map(each => [name, String(each)]),
  )
  const query = new URLSearchParams(pairs).toString()
  return query === '' ? '' : `?${query}`
}

/** Puts the fields of a request where the route has them: in its path, its query, or its body. */
export const sentOf = (operation: Operation, request: Values): Sent => {
  const [method = 'GET', template = '/'] = routes[operation].split(' ')
  const rest = { ...request }
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  if (method === 'GET') return { method, path: path + queryOf(rest), body: undefined }
  return { method, path, body: JSON.stringify(rest) }
}

type Answered = { ok: true; [field: string]: unknown } | { ok: false; refusal: Refusal }

const failed = (error: HoldfastError, response?: Response): Failed => ({
  error,
  retryAfterMs: retryAfterMs(response?.headers.get('retry-after') ?? null, clock.nowMs()),
})

const GATEWAY_STATUSES = new Set([429, 502, 503, 504])

/** An answer that is not one of Holdfast's own: a proxy's page, or a body that broke off. */
const unreadable = (response: Response, cause?: unknown): Failed =>
  failed(
    new HoldfastError('unreadable_answer', {
      message: `The server answered ${response.status} without a body that Holdfast wrote.`,
      status: response.status,
      retryable: response.ok || GATEWAY_STATUSES.has(response.status),
      hint: 'Check the URL, and what stands between this client and the server.',
      cause,
    }),
    response,
  )

type Problem = Values & { code: string; detail: string }

/** A problem as the library would have it: a refusal is returned, an error is thrown. */
const readProblem = (problem: Problem, response: Response): { result: Answered } | Failed => {
  const { type, title, status, detail, instance, request_id, ...facts } = problem
  const { code } = problem
  if (!isErrorCode(code)) {
    return { result: { ok: false, refusal: { ...facts, message: detail } as unknown as Refusal } }
  }
  const hint = typeof facts.hint === 'string' ? facts.hint : undefined
  const named = typeof request_id === 'string' ? request_id : undefined
  const { status: answered } = response
  // A server that is stopping has a next one behind it.
  const again = retryable[code] || GATEWAY_STATUSES.has(answered)
  const details = { message: detail, retryable: again, status: answered, hint, request_id: named }
  return failed(new HoldfastError(code, details), response)
}

const readAnswer = async (response: Response): Promise<{ result: Answered } | Failed> => {
  const type = response.headers.get('content-type') ?? ''
  try {
    if (!/\bjson\b/.test(type)) return unreadable(response)
    const body = (await response.json()) as Values
    if (response.ok) return { result: { ...body, ok: true } }
    if (typeof body.code !== 'string') return unreadable(response)
    return readProblem(body as Problem, response)
  } catch (cause) {
    return unreadable(response, cause)
  }
}

/** Sends a request once; a connection that fails is an outcome like any other. */
export const sendOnce = async (
  wire: Wire,
  sent: Sent,
  headers: Record<string, string>,
  msLeft: number,
  signal?: AbortSignal,
): Promise<{ result: Answered } | Failed> => {
  const ms = Math.max(1, Math.min(msLeft, wire.attempt_ms))
  const timeout = AbortSignal.timeout(Math.ceil(ms))
  try {
    const response = await wire.fetch(wire.url + sent.path, {
      method: sent.method,
      headers,
      ...(sent.body === undefined ? {} : { body: sent.body }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    return await readAnswer(response)
  } catch (cause) {
    const code = timeout.aborted ? 'deadline_exceeded' : 'server_unreachable'
    const message = timeout.aborted
      ? `No answer came within ${Math.round(ms)} ms.`
      : `The server at ${wire.url} cannot be reached.`
    const hint = 'The outcome is unknown: call again with the same key.'
    return failed(new HoldfastError(code, { message, hint, cause }))
  }
}
