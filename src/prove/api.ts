import { clock } from '../clock.ts'

/** An installation as a shop sees it: server addresses and a key. */
export type Api = { urls: string[]; key: string }
export type Place = { sku: string; location: string }

export type Given<Body = { reservation_id?: string; code?: string; detail?: string }> = {
  status: number
  body: Body
  ms: number
  /** How often it was asked again because nobody could decide just then. */
  retried: number
}

export type Asked = { method?: string; body?: object; key?: string }

const DEADLINE_MS = 60_000
const PAUSE_MS = 100
const PAGE_ROWS = '250'

const send = async (url: string, bearer: string, asked: Asked) => {
  const response = await fetch(url, {
    method: asked.method ?? (asked.body ? 'POST' : 'GET'),
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(asked.body ? { 'content-type': 'application/json' } : {}),
      ...(asked.key ? { 'idempotency-key': asked.key } : {}),
    },
    ...(asked.body ? { body: JSON.stringify(asked.body) } : {}),
    signal: AbortSignal.timeout(DEADLINE_MS),
  })
  return { status: response.status, body: (await response.json()) as Given['body'] }
}

/** A connection that breaks, or a 503, decides nothing: the same key may ask again. */
const undecided = (status: number): boolean => status === 0 || status === 503

/**
 * Asks one of the servers. With a key it asks again while nobody decides, as a shop does; without
 * one the first answer stands. Status 0: nobody has answered at all.
 */
export const ask = async (
  api: Api,
  index: number,
  path: string,
  asked: Asked = {},
): Promise<Given> => {
  const url = `${api.urls[index % api.urls.length]}${path}`
  const beganMs = clock.monotonicMs()
  for (let retried = 0; ; retried++) {
    const answer = await send(url, api.key, asked).catch((error: Error) => ({
      ...{ status: 0, body: { code: 'no_answer', detail: reasonOf(error) } },
    }))
    const ms = clock.monotonicMs() - beganMs
    if (!asked.key || !undecided(answer.status) || ms > DEADLINE_MS) {
      return { ...answer, ms, retried }
    }
    await clock.sleep(PAUSE_MS * (1 + clock.random()))
  }
}

const reasonOf = (error: Error): string =>
  error.cause instanceof Error ? error.cause.message : error.message

/** Every row of a list, page by page. */
export const everyRow = async <Row>(
  api: Api,
  path: string,
  filters: Record<string, string>,
): Promise<Row[]> => {
  const rows: Row[] = []
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({
      ...{ ...filters, limit: PAGE_ROWS },
      ...(cursor ? { cursor } : {}),
    })
    const { status, body } = await ask(api, rows.length, `${path}?${query}`)
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
    const page = body as unknown as { data: Row[]; next_cursor: string | null }
    rows.push(...page.data)
    cursor = page.next_cursor
  } while (cursor)
  return rows
}
