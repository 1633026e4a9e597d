import type pg from 'pg'
import { type Books, freeOf, kinds, type Movement, partOf, waitingChange } from './books.ts'
import type { Queues, Shop } from './shop.ts'

type Place = { priority: number; no: number; backordered: number; held_backordered: number }

const unitsOf = ({ backordered, held_backordered }: Place): number => backordered + held_backordered

const isBefore = (a: Place, b: Place): boolean =>
  a.priority > b.priority || (a.priority === b.priority && a.no < b.no)

/** Who gives units to the queue before anybody else may have them. */
const SALES: number[] = [kinds.reserve, kinds.amend]

/**
 * Plays the ledger again, level by level: nobody waits beyond the cap, whoever is first in line is
 * served first, an order before its cart, no sale passes by the queue, and at the end no unit is
 * free while somebody waits.
 */
export const queueFaults = (books: Books, vips: Set<string>, queues: Queues): string[] => {
  const faults: string[] = []
  for (const [level, movements] of books.byLevel) {
    const safety = books.safety.get(level) ?? 0
    const places = new Map<string, Place>()
    for (const movement of movements) {
      const kept = books.buffers.at(level, Number(movement.version))
      const fault = step(movement, places, kept.size > 0 ? undefined : safety, queues, vips)
      if (fault) faults.push(`${level} version ${movement.version}: ${fault}`)
    }
    const last = movements.at(-1)
    const kept = books.buffers.at(level, Number(last?.version)).units
    const free = last ? freeOf(last.balances) - safety - kept : 0
    if (last && last.waits.left > 0 && free > 0) {
      faults.push(`${level}: ${free} are free while ${last.waits.left} wait`)
    }
  }
  return faults
}

/** `safety`: left out where a channel may sell its buffer while others wait: see bufferFaults. */
const step = (
  movement: Movement,
  places: Map<string, Place>,
  safety: number | undefined,
  queues: Queues,
  vips: Set<string>,
): string | undefined => {
  const { kind, waits, changes, balances, version, reservation_id } = movement
  const more = waitingChange(movement)
  const place = places.get(partOf(movement)) ?? {
    priority: vips.has(reservation_id ?? '') ? queues.backorder_priority : 0,
    ...{ no: Number(version), backordered: 0, held_backordered: 0 },
  }
  const others = [...places.values()].filter(other => other !== place)
  place.backordered += waits.backordered
  place.held_backordered += waits.held_backordered
  if (unitsOf(place) > 0) places.set(partOf(movement), place)
  else places.delete(partOf(movement))
  const left = [...places.values()].reduce((sum, each) => sum + unitsOf(each), 0)
  if (left !== waits.left) return `${waits.left} wait, of allocations ${left}`
  if (more > 0 && left > queues.backorder_cap) return `${left} wait, the cap is lower`
  if (kind === kinds.allocate && others.some(other => isBefore(other, place))) {
    return 'somebody before it waits still'
  }
  if (kind === kinds.allocate && changes.held > 0 && place.backordered > 0) {
    return 'a cart was served before its order'
  }
  const taken = changes.held + changes.committed
  if (safety === undefined) return undefined
  const passed = SALES.includes(kind) && taken > 0 && more === 0
  return passed && freeOf(balances) - safety < left ? 'a sale passed by those who wait' : undefined
}

/** The reservations of the tier that is served first. */
export const readVips = async (owner: pg.Pool, { tenant_id }: Shop): Promise<Set<string>> => {
  const text = `select reservation_id from holdfast.reservations
    where tenant_id = $1 and tier = 'vip'`
  const { rows } = await owner.query(text, [tenant_id])
  return new Set(rows.map(row => row.reservation_id as string))
}

/** Each place has one promise, and is pegged to the supply that brings its last unit. */
const pegsText = `
  with places as (
    select b.level_id, b.reservation_id, b.line_no, b.part_no,
      sum(b.backordered + b.held_backordered) over (partition by b.level_id
        order by b.priority desc, b.queue_no rows unbounded preceding) as until
    from holdfast.backorders b where b.tenant_id = $1
  ), supplies as (
    select s.level_id, s.supply_id, sum(s.quantity - s.received) over (partition by s.level_id
      order by s.expected_to, s.supply_id rows unbounded preceding) as until
    from holdfast.supply s where s.tenant_id = $1 and s.state = 'open'
  )
  select p.reservation_id || '/' || p.line_no || '/' || p.part_no as part,
    o.reservation_id is null as bare, o.supply_id as peg, f.supply_id as fills
  from places p
  left join holdfast.promises o on o.tenant_id = $1 and o.reservation_id = p.reservation_id
    and o.line_no = p.line_no and o.part_no = p.part_no and o.ended_at is null
  left join lateral (
    select s.supply_id from supplies s where s.level_id = p.level_id and s.until >= p.until
    order by s.until limit 1
  ) as f on true
  where (o.supply_id is distinct from f.supply_id or o.reservation_id is null)
    and not exists (select from holdfast.promises_due d
      where d.tenant_id = $1 and d.level_id = p.level_id)`

export const pegFaults = async (owner: pg.Pool, { tenant_id }: Shop): Promise<string[]> => {
  const { rows } = await owner.query(pegsText, [tenant_id])
  return rows.map(({ part, bare, peg, fills }) =>
    bare ? `${part} waits without a promise` : `${part} is pegged to ${peg}, not to ${fills}`,
  )
}
