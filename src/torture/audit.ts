import type { Holdfast } from '../holdfast.ts'
import type { Page } from '../ledger/page.ts'
import type { Answer } from '../refusals.ts'
import type { ListReservations, Reservation } from '../reservations/reservation.ts'
import { untilBack } from './arena.ts'
import { type Opening, violationsOf } from './history.ts'
import { type Asked, recordedOf, type Sale } from './sale.ts'

const PAGE_ROWS = 250
const LISTED_MAX = 20

/** Counts of a sale, and in words what must not be: an empty list is what is wanted. */
export type Audit = {
  granted: number
  refused: number
  committed: number
  released: number
  findings: string[]
}

const reservationsOf = async (holdfast: Holdfast, sku: string): Promise<Reservation[]> => {
  const all: Reservation[] = []
  let cursor: string | null = null
  do {
    const request: ListReservations = { sku, limit: PAGE_ROWS, ...(cursor ? { cursor } : {}) }
    const page: Answer<Page<Reservation>> = await untilBack(() => holdfast.reservations(request))
    if (!page.ok) throw new Error(page.refusal.message)
    all.push(...page.data)
    cursor = page.next_cursor
  } while (cursor)
  return all
}

const isGrant = ({ decision }: Asked): boolean => decision !== undefined && decision.status < 300

const ofVerb = (asked: Asked[], verb: Asked['verb']) =>
  asked.filter(each => each.verb === verb && isGrant(each))

const EXPECTED = new Set(['insufficient_stock'])

/** What every caller was told, against what the database has now. */
const acknowledged = (asked: Asked[], there: Reservation[]): string[] => {
  const found: string[] = []
  const byId = new Map(there.map(row => [row.reservation_id, row]))
  const told = new Map(
    ofVerb(asked, 'reserve').map(one => [one.decision?.body.reservation_id, one]),
  )
  for (const [id, { buyer }] of told) {
    const row = byId.get(id ?? '')
    if (!row) found.push(`lost: the hold ${id} of ${buyer}`)
    else if (row.buyer !== buyer) found.push(`mixed up: the hold ${id} is ${row.buyer}'s`)
  }
  for (const { reservation_id, buyer } of there) {
    if (!told.has(reservation_id)) found.push(`untold: ${buyer} has ${reservation_id}`)
  }
  const buyers = there.map(({ buyer }) => buyer)
  if (new Set(buyers).size < buyers.length) {
    found.push(`doubled: ${buyers.length} holds of ${new Set(buyers).size} buyers`)
  }
  return [...found, ...ends(asked, byId)]
}

/** Whoever was told that it is an order, or that it is free again, was told the truth. */
const ends = (asked: Asked[], byId: Map<string, Reservation>): string[] => {
  const found: string[] = []
  for (const { buyer, decision } of ofVerb(asked, 'commit')) {
    const row = byId.get(decision?.body.reservation_id ?? '')
    if (row?.state !== 'committed') found.push(`lost: the order of ${buyer} is ${row?.state}`)
  }
  for (const { buyer, decision } of ofVerb(asked, 'release')) {
    const row = byId.get(decision?.body.reservation_id ?? '')
    if (row?.state !== 'closed') found.push(`lost: the release of ${buyer} is ${row?.state}`)
  }
  return found
}

const oddAnswers = (asked: Asked[]): string[] =>
  asked.flatMap(({ verb, buyer, decision }) => {
    if (!decision) return [`no decision: ${verb} of ${buyer}`]
    const code = decision.body.code ?? `${decision.status}`
    const fine = decision.status < 300 || (verb === 'reserve' && EXPECTED.has(code))
    return fine ? [] : [`odd answer: ${code} to ${verb} of ${buyer}`]
  })

/** Exactly the units that exist are sold or free, and the level says so too. */
const counters = async (
  holdfast: Holdfast,
  { sku, location, buyers }: Sale,
  asked: Asked[],
  units: number,
): Promise<string[]> => {
  const page = await untilBack(() => holdfast.levels({ sku, location }))
  const level = page.ok ? page.data[0] : undefined
  if (!level) return [`lost: the level of ${sku}`]
  const [holds, orders, freed] = (['reserve', 'commit', 'release'] as const).map(
    verb => ofVerb(asked, verb).length,
  ) as [number, number, number]
  const want = { on_hand: units, held: holds - orders - freed, committed: orders }
  const found = Object.entries(want)
    .filter(([counter, value]) => level[counter as keyof typeof want] !== value)
    .map(([counter, value]) => `${counter} is ${level[counter as keyof typeof want]}, not ${value}`)
  if (freed === 0 && holds !== Math.min(units, buyers)) {
    found.push(`sold ${holds} of ${units} to ${buyers} buyers`)
  }
  return found
}

/** Holds everything that was said in a sale against the books. */
export const auditSale = async (
  holdfast: Holdfast,
  sale: Sale,
  asked: Asked[],
  opening: Opening,
): Promise<Audit> => {
  const there = await reservationsOf(holdfast, sale.sku)
  const { findings: wrong, finding_count } = await untilBack(() => holdfast.verify())
  const findings = [
    ...oddAnswers(asked),
    ...acknowledged(asked, there),
    ...(await counters(holdfast, sale, asked, opening.units)),
    ...violationsOf(recordedOf(sale, asked), opening),
    ...wrong.slice(0, LISTED_MAX).map(one => `verify: ${one.code} ${one.what}, ${one.expected}`),
    ...(finding_count > LISTED_MAX ? [`verify: ${finding_count} findings`] : []),
  ]
  const count = (verb: Asked['verb']) => ofVerb(asked, verb).length
  return {
    granted: count('reserve'),
    refused: asked.filter(({ decision }) => decision && !isGrant({ decision } as Asked)).length,
    committed: count('commit'),
    released: count('release'),
    findings,
  }
}
