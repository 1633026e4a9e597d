import { clock } from '../clock.ts'
import { type Api, ask, everyRow, type Given, type Place } from './api.ts'
import type { Books } from './books.ts'

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
  /** Calls made again with the same key, since a server was full or a connection broke. */
  retried: number
  seconds: number
  p50_ms: number
  p99_ms: number
  /** All books of the tenant; with --url those of the SKU, recomputed over the API. */
  verify: Books
}

export type Fought = Omit<Proof, 'verify'>

type Request = Place & {
  buyers: number
  units: number
  /** Called after each answer. */
  onAnswer?: (answered: number) => void
}

const percentile = (sorted: number[], part: number): number =>
  Math.round((sorted[Math.floor(sorted.length * part)] ?? 0) * 10) / 10

/** All at once: each buyer is one call, spread over the servers. */
const storm = async (api: Api, { buyers, sku, location, onAnswer }: Request): Promise<Given[]> => {
  const run = clock.uuid()
  let answered = 0
  return Promise.all(
    Array.from({ length: buyers }, async (_, index) => {
      const answer = await ask(api, index, '/v1/reservations', {
        body: { lines: [{ sku, location, quantity: 1 }], buyer: `buyer-${index + 1}` },
        key: `${run}:${index + 1}`,
      })
      onAnswer?.(++answered)
      return answer
    }),
  )
}

const isGrant = ({ status }: Given): boolean => status === 200 || status === 201
const isSoldOut = ({ body }: Given): boolean => body.code === 'insufficient_stock'

/** So many buyers at once for so few units, over HTTP; then every hold is read back. */
export const prove = async (api: Api, request: Request): Promise<Fought> => {
  const { buyers, units, sku } = request
  const beganMs = clock.monotonicMs()
  const answers = await storm(api, request)
  const seconds = Math.round(clock.monotonicMs() - beganMs) / 1000
  const granted = answers.filter(isGrant)
  const other: Record<string, number> = {}
  for (const answer of answers) {
    if (isGrant(answer) || isSoldOut(answer)) continue
    const name = answer.body.code ?? `status ${answer.status}`
    other[name] = (other[name] ?? 0) + 1
  }
  const rows = await everyRow<{ reservation_id: string }>(api, '/v1/reservations', {
    ...{ sku, state: 'held' },
  })
  const held = new Set(rows.map(row => row.reservation_id))
  const promised = new Set(granted.map(({ body }) => body.reservation_id as string))
  const untold = [...held].filter(id => !promised.has(id)).length
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b)
  return {
    ...{ buyers, units, servers: api.urls.length, other, seconds },
    sold: granted.length,
    refused: answers.filter(isSoldOut).length,
    oversold: Math.max(0, granted.length - units, held.size - units),
    lost: [...promised].filter(id => !held.has(id)).length,
    duplicates: granted.length - promised.size + untold,
    retried: answers.reduce((sum, { retried }) => sum + retried, 0),
    p50_ms: percentile(times, 0.5),
    p99_ms: percentile(times, 0.99),
  }
}

/** True when exactly what exists was sold, everybody else was told so, and the books are clean. */
export const holds = (proof: Proof): boolean =>
  proof.sold === Math.min(proof.units, proof.buyers) &&
  proof.refused === proof.buyers - proof.sold &&
  proof.oversold + proof.lost + proof.duplicates === 0 &&
  Object.keys(proof.other).length === 0 &&
  proof.verify.findings === 0
