import { type Counter, kinds, type Movement, waitingChange } from '../books.ts'
import type { Random } from '../random.ts'
import type { Answered, Play } from '../rooms.ts'
import { factorOf, type Known, type Line, type Shop, skuOf } from '../shop.ts'

const HOLD_SECONDS = [1, 2, 5, 60, 3_600]
const UNKNOWN_ID = '00000000-0000-7000-8000-000000000000'

const someSku = (shop: Shop, random: Random): string => {
  const sku = random.pick(shop.skus)
  if (random.chance(0.05)) return 'PDF'
  return random.chance(0.1) ? `${sku}-PACK` : sku
}

const someLine = (shop: Shop, random: Random): Line => ({
  sku: someSku(shop, random),
  location: random.chance(0.12) ? 'anywhere' : random.pick(shop.locations),
  quantity: random.chance(0.05) ? random.between(10, 40) : random.between(1, 3),
  ...(shop.queues && random.chance(0.2) ? { backorder: random.pick(['none', 'whole']) } : {}),
})

const someLines = (shop: Shop, random: Random): Line[] => {
  const count = random.chance(0.6) ? 1 : random.between(2, 4)
  return Array.from({ length: count }, () => someLine(shop, random))
}

const someChannel = ({ channels }: Shop, random: Random): { channel?: string } =>
  channels.length > 0 && random.chance(0.7) ? { channel: random.pick(channels) } : {}

const named = (known: Known | undefined, random: Random): string =>
  !known || random.chance(0.01) ? UNKNOWN_ID : known.reservation_id

/** A part of what a reservation was granted, or (left out) all of it. */
const somePart = (known: Known | undefined, random: Random): { lines?: object[] } => {
  const line = known?.lines.length ? random.pick(known.lines) : undefined
  if (!line || !random.chance(0.35)) return {}
  return { lines: [{ sku: line.sku, quantity: random.between(1, Math.max(1, line.quantity)) }] }
}

/** Units per SKU that lines ask for. */
const unitsOf = (lines: unknown): Map<string, number> => {
  const units = new Map<string, number>()
  for (const { sku, quantity } of (lines ?? []) as Line[]) {
    units.set(skuOf(sku), (units.get(skuOf(sku)) ?? 0) + quantity * factorOf(sku))
  }
  return units
}

const told = (units: Map<string, number>): string =>
  [...units]
    .filter(([, n]) => n !== 0)
    .sort()
    .map(([sku, n]) => `${sku} ${n}`)
    .join(', ')

const movedBy = (movements: Movement[], kind: number, unitsIn: (movement: Movement) => number) => {
  const units = new Map<string, number>()
  for (const movement of movements.filter(each => each.kind === kind)) {
    units.set(movement.sku, (units.get(movement.sku) ?? 0) + unitsIn(movement))
  }
  return units
}

const moved = (movements: Movement[], kind: number, counter: Counter, sign = 1) =>
  movedBy(movements, kind, ({ changes }) => sign * changes[counter])

/** Compares what lines asked for with what the ledger has; whole requests: by what is left. */
const compare = (asked: unknown, got: Map<string, number>): string | undefined => {
  if (!asked) return undefined
  const wanted = told(unitsOf(asked))
  return wanted === told(got) ? undefined : `asked for ${wanted}, moved ${told(got)}`
}

const rest = (answer: Answered, counters: string[]): string | undefined => {
  const left = answer.lines?.find(line => counters.some(counter => Number(line[counter]) > 0))
  return left && `line ${left.line} has ${counters.join(' or ')} left`
}

const onlyKinds = (movements: Movement[], allowed: number[]): string | undefined => {
  const other = movements.find(({ kind }) => !allowed.includes(kind))
  return other && `it wrote a movement of kind ${other.kind}`
}

/** The movements of a new reservation are its lines, one for one. */
const opened = (answer: Answered, movements: Movement[], counter: 'held' | 'committed') => {
  const kind = counter === 'held' ? kinds.reserve : kinds.record_sale
  const lines = (answer.lines ?? []).map(
    line => `${line.line}/${line.part} ${line.sku} at ${line.location} ${line['quantity']}`,
  )
  const written = movements
    .filter(movement => movement.kind === kind)
    .map(m => {
      const units = m.changes[counter] + waitingChange(m)
      return `${m.line_no}/${m.part_no} ${m.sku} at ${m.location} ${units}`
    })
  const [a, b] = [lines.sort().join('; '), written.sort().join('; ')]
  return a === b ? undefined : `granted ${a || 'nothing'}, the ledger has ${b || 'nothing'}`
}

/** Each line names a version that this call itself has written. */
const strayVersion = (answer: Answered, movements: Movement[]): string | undefined => {
  const stray = answer.lines?.find(
    ({ sku, location, version }) =>
      version !== null &&
      !movements.some(m => m.level === `${sku} at ${location}` && m.version === version),
  )
  return stray && `line ${stray.line} names version ${stray.version}, which is not its own`
}

const reserve: Play = {
  verb: 'reserve',
  weight: 40,
  writes: true,
  request: (shop, random) => {
    const seconds = random.chance(0.8) ? { hold_seconds: random.pick(HOLD_SECONDS) } : {}
    const kind = random.weighted([85, 4, 4, 3, 4])
    const fixed = someLines(shop, random)
    return {
      lines: fixed,
      ...seconds,
      ...(kind === 1 ? { partial: true } : {}),
      ...(kind === 2 ? { split: true } : {}),
      ...(kind === 3 ? { order_reference: 'unpaid' } : {}),
      ...(kind === 4 ? { buyer: 'b' } : {}),
      ...(shop.queues && random.chance(0.2) ? { tier: 'vip' } : {}),
      ...someChannel(shop, random),
    }
  },
  wrong: (call, answer, movements) => {
    const wrong =
      opened(answer, movements, 'held') ??
      onlyKinds(movements, [kinds.reserve]) ??
      strayVersion(answer, movements)
    if (wrong || call.request['partial']) return wrong
    return compare(call.request['lines'], unitsOfAnswer(answer))
  },
}

const unitsOfAnswer = (answer: Answered): Map<string, number> => {
  const units = new Map<string, number>()
  for (const line of answer.lines ?? []) {
    const waits = Number(line['backordered'] ?? 0) + Number(line['held_backordered'] ?? 0)
    const open = Number(line['held']) + Number(line['committed']) + waits
    const out = Number(line['fulfilled']) - Number(line['returned'])
    units.set(line.sku, (units.get(line.sku) ?? 0) + open + out)
  }
  return units
}

const amend: Play = {
  verb: 'amend',
  weight: 10,
  writes: true,
  request: (shop, random) => ({
    reservation_id: named(shop.someReservation(random), random),
    lines: someLines(shop, random),
  }),
  wrong: (call, answer, movements) =>
    onlyKinds(movements, [kinds.amend]) ?? compare(call.request['lines'], unitsOfAnswer(answer)),
}

const extend: Play = {
  verb: 'extend',
  weight: 5,
  writes: true,
  request: (shop, random) => ({
    reservation_id: named(shop.someReservation(random), random),
    hold_seconds: random.pick(HOLD_SECONDS),
  }),
  wrong: (_call, answer, movements) =>
    answer.expires_at ? onlyKinds(movements, []) : 'an extended hold has no end',
}

const commit: Play = {
  verb: 'commit',
  weight: 14,
  writes: true,
  request: (shop, random) => {
    const known = shop.someReservation(random)
    const reservation_id = named(known, random)
    return { reservation_id, order_reference: `o-${random.below(9)}`, ...somePart(known, random) }
  },
  wrong: (call, answer, movements) =>
    onlyKinds(movements, [kinds.commit]) ??
    compare(
      call.request['lines'],
      movedBy(movements, kinds.commit, m => m.changes.committed + m.waits.backordered),
    ) ??
    (call.request['lines'] ? undefined : rest(answer, ['held', 'held_backordered'])),
}

const fulfill: Play = {
  verb: 'fulfill',
  weight: 9,
  writes: true,
  request: (shop, random) => {
    const known = shop.someReservation(random)
    return { reservation_id: named(known, random), ...somePart(known, random) }
  },
  wrong: (call, answer, movements) =>
    onlyKinds(movements, [kinds.fulfill]) ??
    compare(call.request['lines'], moved(movements, kinds.fulfill, 'committed', -1)) ??
    (call.request['lines'] ? undefined : rest(answer, ['committed'])),
}

const release: Play = {
  verb: 'release',
  weight: 9,
  writes: true,
  request: (shop, random) => {
    const known = shop.someReservation(random)
    return { reservation_id: named(known, random), ...somePart(known, random) }
  },
  wrong: (call, answer, movements) => {
    const given = movedBy(
      movements,
      kinds.release,
      m => -m.changes.held - m.changes.committed - waitingChange(m),
    )
    const open = ['held', 'committed', 'backordered', 'held_backordered']
    return (
      onlyKinds(movements, [kinds.release]) ??
      compare(call.request['lines'], given) ??
      (call.request['lines'] ? undefined : rest(answer, open))
    )
  },
}

const takeBack: Play = {
  verb: 'return',
  weight: 5,
  writes: true,
  request: (shop, random) => {
    const known = shop.someReservation(random)
    const state = random.pick(['available', 'damaged', 'quality_control'])
    return { reservation_id: named(known, random), state, ...somePart(known, random) }
  },
  wrong: (call, _answer, movements) => {
    const tracked = movements.filter(({ level }) => level !== null)
    const lines = ((call.request['lines'] ?? []) as Line[]).filter(({ sku }) => sku !== 'PDF')
    return (
      onlyKinds(movements, [kinds.return]) ??
      compare(call.request['lines'] && lines, moved(tracked, kinds.return, 'on_hand'))
    )
  },
}

const recordSale: Play = {
  verb: 'recordSale',
  weight: 3,
  writes: true,
  request: (shop, random) => ({
    order_reference: `till-${random.below(9)}`,
    lines: [someLine(shop, random)],
    ...(random.chance(0.5) ? { fulfilled: true } : {}),
    ...someChannel(shop, random),
  }),
  wrong: (call, answer, movements) =>
    onlyKinds(movements, [kinds.record_sale, kinds.fulfill]) ??
    opened(answer, movements, 'committed') ??
    compare(call.request['lines'], moved(movements, kinds.record_sale, 'committed')),
}

/** The sweeper's step: its movements have no actor, since time alone ends a hold. */
const expire: Play = {
  verb: 'expire',
  weight: 3,
  writes: false,
  request: (_shop, random) => ({ limit: random.pick([1, 5, 1_000]) }),
  wrong: () => undefined,
}

export const reservations: Play[] = [
  reserve,
  amend,
  extend,
  commit,
  fulfill,
  release,
  takeBack,
  recordSale,
  expire,
]
