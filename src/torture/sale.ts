import { type Call, type Decided, decided, type Market } from './call.ts'
import type { Recorded } from './history.ts'
import type { Random } from './proxy.ts'

export type Sale = {
  sku: string
  location: string
  buyers: number
  /** How many ask at once. */
  concurrency: number
  /** Of a hundred who hold: so many order, so many change their mind. */
  commit_percent: number
  release_percent: number
  /** The first part of every key of this sale. */
  run: string
  random: Random
  /** Hears how many calls were decided so far; the buyer goes on when it has heard. */
  onProgress?: (decided: number) => Promise<void>
}

/** A call of the sale with its decision; without one it has none, which is a finding. */
export type Asked = {
  verb: Recorded['verb']
  buyer: string
  call: Call
  decision: Decided | undefined
}

const RESERVATIONS = '/v1/reservations'
const HOLD_SECONDS = 86_400

const reserveCall = ({ sku, location, run }: Sale, buyer: string): Call => ({
  path: RESERVATIONS,
  body: { lines: [{ sku, location, quantity: 1 }], buyer, hold_seconds: HOLD_SECONDS },
  key: `${run}:${buyer}`,
})

const nextCall = (sale: Sale, buyer: string, id: string): [Recorded['verb'], Call] | undefined => {
  const die = sale.random(100)
  const key = `${sale.run}:${buyer}:next`
  if (die < sale.commit_percent) {
    const body = { order_reference: `${sale.run}-${buyer}` }
    return ['commit', { path: `${RESERVATIONS}/${id}/commit`, body, key }]
  }
  if (die >= sale.commit_percent + sale.release_percent) return undefined
  return ['release', { path: `${RESERVATIONS}/${id}/release`, body: {}, key }]
}

/** Many buyers for one SKU; each asks with a stored key until somebody decides. */
export const sell = async (market: Market, sale: Sale): Promise<Asked[]> => {
  const asked: Asked[] = []
  let next = 0
  const ask = async (verb: Recorded['verb'], buyer: string, call: Call) => {
    const decision = await decided(market, call)
    asked.push({ verb, buyer, call, decision })
    await sale.onProgress?.(asked.length)
    return decision
  }
  const buy = async (buyer: string): Promise<void> => {
    const held = await ask('reserve', buyer, reserveCall(sale, buyer))
    const id = held && held.status < 300 ? held.body.reservation_id : undefined
    const then = id === undefined ? undefined : nextCall(sale, buyer, id)
    if (then) await ask(then[0], buyer, then[1])
  }
  const counter = async (): Promise<void> => {
    while (next < sale.buyers) await buy(`buyer-${++next}`)
  }
  await Promise.all(Array.from({ length: sale.concurrency }, counter))
  return asked
}

/** Everybody who was granted a hold asks again with the same key: what is not the same answer. */
export const askAgain = async (market: Market, sale: Sale, asked: Asked[]): Promise<string[]> => {
  const granted = asked.filter(
    ({ verb, decision }) => verb === 'reserve' && (decision?.status ?? 500) < 300,
  )
  const found: string[] = []
  let next = 0
  const counter = async (): Promise<void> => {
    for (let one = granted[next++]; one; one = granted[next++]) {
      const first = one.decision?.body.reservation_id
      const again = await decided(market, one.call)
      if (again?.body.reservation_id !== first) {
        found.push(`doubled: ${one.buyer} has ${first}, and then ${again?.body.reservation_id}`)
      } else if (!again?.replayed) found.push(`${one.buyer}: ${first} again, but not as a replay`)
    }
  }
  await Promise.all(Array.from({ length: sale.concurrency }, counter))
  return found
}

/** What the callers saw, for the check of the history. */
export const recordedOf = ({ sku }: Sale, asked: Asked[]): Recorded[] =>
  asked.flatMap(({ verb, buyer, call, decision }) => {
    if (!decision) return []
    const { status, body, called_ms, answered_ms } = decision
    const granted = status < 300
    return {
      ...{ verb, sku, buyer, called_ms, answered_ms },
      key: call.key,
      reservation_id: body.reservation_id ?? null,
      outcome: granted ? 'granted' : (body.code ?? `${status}`),
      version: body.lines?.[0]?.version ?? null,
    }
  })
