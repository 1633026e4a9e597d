import { clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'

export type Proof = {
  buyers: number
  units: number
  servers: number
  sold: number
  refused: number
  /** Answers that were neither a hold nor sold out, by what they were. */
  other: Record<string, number>
  oversold: number
  /** Holds that were promised and cannot be read back. */
  lost: number
  /** Holds that two buyers were given alike, or that nobody was told of. */
  duplicates: number
  seconds: number
  p50_ms: number
  p99_ms: number
  verify: { findings: number; levels: number; movements: number } | null
}

export type Api = { urls: string[]; key: string }
type Given = { status: number; body: { reservation_id?: string; code?: string }; ms: number }

const ask = async (
  api: Api,
  index: number,
  path: string,
  init: { method?: string; body?: object; key?: string } = {},
): Promise<Given> => {
  const startedAt = clock.monotonicMs()
  const response = await fetch(`${api.urls[index % api.urls.length]}${path}`, {
    method: init.method ?? 'GET',
    headers: {
      authorization: `Bearer ${api.key}`,
      ...(init.body ? { 'content-type': 'application/json' } : {}),
      ...(init.key ? { 'idempotency-key': init.key } : {}),
    },
    ...(init.body ? { body: JSON.stringify(init.body) } : {}),
  })
  const body = (await response.json()) as Given['body']
  return { status: response.status, body, ms: clock.monotonicMs() - startedAt }
}

/** Makes a fresh SKU with so many units through the API itself. */
export const freshSku = async (
  api: Api,
  units: number,
): Promise<{ sku: string; location: string }> => {
  const sku = `PROOF-${clock.uuid().slice(-12).toUpperCase()}`
  const location = 'proof'
  await ask(api, 0, '/v1/locations', { method: 'POST', body: { code: location, priority: 9_999 } })
  const made = await ask(api, 0, '/v1/skus', { method: 'POST', body: { code: sku } })
  const lines = [{ sku, location, quantity: units }]
  const body = { lines, document: 'proof' }
  const set = await ask(api, 0, '/v1/stock/receive', { method: 'POST', body })
  for (const { status, body: said } of [made, set]) {
    if (status >= 300) {
      throw new HoldfastError('forbidden', {
        message: `The installation did not make the SKU of the proof: ${JSON.stringify(said)}`,
        hint: 'The key needs the scopes read, sell and stock.',
      })
    }
  }
  return { sku, location }
}

const percentile = (sorted: number[], part: number): number =>
  Math.round((sorted[Math.floor(sorted.length * part)] ?? 0) * 10) / 10

/** So many buyers at once for so few units, over HTTP; then everything is read back. */
export const prove = async (
  api: Api,
  given: { buyers: number; units: number; sku: string; location: string },
): Promise<Proof> => {
  const { buyers, units, sku, location } = given
  const run = clock.uuid()
  const startedAt = clock.monotonicMs()
  const answers = await Promise.all(
    Array.from({ length: buyers }, (_, index) =>
      ask(api, index, '/v1/reservations', {
        method: 'POST',
        body: { lines: [{ sku, location, quantity: 1 }], buyer: `buyer-${index + 1}` },
        key: `${run}:${index + 1}`,
      }).catch((error: Error): Given => ({ status: 0, body: { code: error.message }, ms: 0 })),
    ),
  )
  const seconds = (clock.monotonicMs() - startedAt) / 1000
  const granted = answers.filter(({ status }) => status === 200 || status === 201)
  const soldOut = answers.filter(({ body }) => body.code === 'insufficient_stock')
  const other: Record<string, number> = {}
  for (const answer of answers) {
    if (granted.includes(answer) || soldOut.includes(answer)) continue
    const name = answer.body.code ?? `status ${answer.status}`
    other[name] = (other[name] ?? 0) + 1
  }
  const ids = granted.map(({ body }) => body.reservation_id as string)
  const held = await heldNow(api, sku)
  const known = new Set(held)
  const distinct = new Set(ids)
  const untold = held.filter(id => !distinct.has(id)).length
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b)
  return {
    ...{ buyers, units, servers: api.urls.length },
    sold: granted.length,
    refused: soldOut.length,
    other,
    oversold: Math.max(0, granted.length - units, held.length - units),
    lost: [...distinct].filter(id => !known.has(id)).length,
    duplicates: ids.length - distinct.size + untold,
    seconds: Math.round(seconds * 1000) / 1000,
    p50_ms: percentile(times, 0.5),
    p99_ms: percentile(times, 0.99),
    verify: null,
  }
}

/** Every reservation that holds this SKU, page by page. */
const heldNow = async (api: Api, sku: string): Promise<string[]> => {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({
      sku,
      state: 'held',
      limit: '250',
      ...(cursor && { cursor }),
    })
    const { body } = (await ask(api, 0, `/v1/reservations?${query}`)) as unknown as {
      body: { data: { reservation_id: string }[]; next_cursor: string | null }
    }
    ids.push(...body.data.map(row => row.reservation_id))
    cursor = body.next_cursor
  } while (cursor)
  return ids
}

/** True when exactly what exists was sold, everybody else was told so, and the books are clean. */
export const holds = (proof: Proof): boolean =>
  proof.sold === Math.min(proof.units, proof.buyers) &&
  proof.refused === proof.buyers - proof.sold &&
  proof.oversold + proof.lost + proof.duplicates === 0 &&
  Object.keys(proof.other).length === 0 &&
  (proof.verify === null || proof.verify.findings === 0)

/** The proof as a page that can be shown around. */
export const reportOf = (proof: Proof, at: Date): string =>
  [
    `# ${proof.units} units, ${proof.buyers} buyers at once`,
    '',
    `${at.toISOString()}, ${proof.servers} server processes on one database.`,
    '',
    '| | |',
    '|---|---|',
    `| sold | ${proof.sold} |`,
    `| refused as sold out | ${proof.refused} |`,
    `| any other answer | ${Object.values(proof.other).reduce((a, b) => a + b, 0)} |`,
    `| oversold | ${proof.oversold} |`,
    `| lost | ${proof.lost} |`,
    `| doubled | ${proof.duplicates} |`,
    `| seconds | ${proof.seconds} (p50 ${proof.p50_ms} ms, p99 ${proof.p99_ms} ms) |`,
    proof.verify
      ? `| verify | ${proof.verify.findings} findings in ${proof.verify.levels} levels and ` +
        `${proof.verify.movements} movements |`
      : '| verify | not run: the database is behind the server |',
    '',
    holds(proof) ? '**Proved.**' : '**Not proved.**',
    '',
  ].join('\n')
