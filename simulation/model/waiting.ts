import { isDeepStrictEqual } from 'node:util'
import { COUNTED_SKUS } from './draft.ts'
import { queueAt, type World } from './world.ts'

/** A place in a queue as the database has it; a cart's units count until its time is over. */
type PlaceRow = {
  level: string
  reservation_id: string
  line: number
  part: number
  backordered: number
  held_backordered: number
  overdue: number
  /** The supply that it is pegged to, and whether its promise is open. */
  peg: string | null
  promised: boolean
}

type SupplyRow = {
  code: string
  level: string
  quantity: number
  received: number
  state: string
}

/** Of one tenant: who waits in which order, what is expected, and what buyers were told. */
export type Waiting = {
  tenant_id: number
  places: PlaceRow[]
  supply: SupplyRow[]
  /** Levels whose promises are to be looked at again. */
  due: string[]
}

/** The levels of a run, in both tenants of a lane. */
export const levelsText = `
  select l.tenant_id, l.level_id, s.code || ' at ' || p.code as level
  from holdfast.skus s
  join holdfast.levels l on l.tenant_id = s.tenant_id and l.sku_id = s.sku_id
  join holdfast.locations p on p.tenant_id = l.tenant_id and p.location_id = l.location_id
  where s.tenant_id = any($1) and s.code in (${COUNTED_SKUS})`

export const waitingText = `
  with own as materialized (${levelsText}), places as (
    select b.tenant_id, json_agg(json_build_object('level', o.level,
      'reservation_id', b.reservation_id, 'line', b.line_no, 'part', b.part_no,
      'backordered', b.backordered, 'held_backordered', f.held,
      'overdue', b.held_backordered - f.held, 'promised', p.reservation_id is not null,
      'peg', (select s.code from holdfast.supply s
        where s.tenant_id = b.tenant_id and s.supply_id = p.supply_id)
    ) order by o.level, b.priority desc, b.queue_no) as rows
    from own o
    join holdfast.backorders b on b.tenant_id = o.tenant_id and b.level_id = o.level_id
    join holdfast.model_clock c on c.of_tenant = b.tenant_id
    cross join lateral (
      select case when b.expires_at <= c.at then 0 else b.held_backordered end as held) as f
    left join holdfast.promises p on p.tenant_id = b.tenant_id
      and p.reservation_id = b.reservation_id and p.line_no = b.line_no
      and p.part_no = b.part_no and p.ended_at is null
    group by b.tenant_id
  ), supply as (
    select s.tenant_id, json_agg(json_build_object('code', s.code, 'level', o.level,
      'quantity', s.quantity, 'received', s.received, 'state', s.state)
      order by o.level, s.expected_to, s.supply_id) as rows
    from own o
    join holdfast.supply s on s.tenant_id = o.tenant_id and s.level_id = o.level_id
    group by s.tenant_id
  ), due as (
    select d.tenant_id, json_agg(o.level) as rows
    from own o
    join holdfast.promises_due d on d.tenant_id = o.tenant_id and d.level_id = o.level_id
    group by d.tenant_id
  )
  select t as tenant_id, coalesce(p.rows, '[]') as places, coalesce(s.rows, '[]') as supply,
    coalesce(d.rows, '[]') as due
  from unnest($1::int[]) as t
  left join places p on p.tenant_id = t
  left join supply s on s.tenant_id = t
  left join due d on d.tenant_id = t`

/** What the queues and the supply have otherwise than the model. */
export const waitingDifference = (world: World, is: Waiting): string | undefined => {
  const found = is.places
    .filter(({ backordered, held_backordered }) => backordered + held_backordered > 0)
    .map(({ overdue: _, peg: __, promised: ___, ...place }) => place)
  const should = Object.keys(world.levels)
    .sort()
    .flatMap(name =>
      queueAt(world, world.levels[name] as World['levels'][string]).map(
        ([reservation_id, { line, part, backordered, held_backordered }]) => ({
          ...{ level: name, reservation_id, line, part, backordered, held_backordered },
        }),
      ),
    )
  if (!isDeepStrictEqual(found, should)) return told('the queue', found, should)
  const come = is.supply.map(({ code, quantity, received, state }) => ({
    ...{ code, quantity, received, state },
  }))
  const byCode = (a: { code: string }, b: { code: string }) => (a.code < b.code ? -1 : 1)
  const expected = Object.entries(world.supply)
    .map(([code, { quantity, received, state }]) => ({ code, quantity, received, state }))
    .sort(byCode)
  if (!isDeepStrictEqual(come.sort(byCode), expected)) return told('the supply', come, expected)
  return undefined
}

const told = (what: string, found: unknown, should: unknown): string =>
  `${what} is ${JSON.stringify(found)}\n  in the model ${JSON.stringify(should)}`

/**
 * Each place has one promise, and each unit of supply is promised once: the places up to each
 * supply have no more units than it and those before it bring.
 */
export const pegFault = ({ places, supply, due }: Waiting): string | undefined => {
  const bare = places.find(({ promised }) => !promised)
  if (bare) return `a place without a promise: ${JSON.stringify(bare)}`
  for (const level of new Set(places.map(place => place.level))) {
    // What has moved is looked at by the sweeper, and what has ended makes way then.
    const line = places.filter(place => place.level === level)
    if (due.includes(level) || line.some(({ overdue }) => overdue > 0)) continue
    const open = supply.filter(each => each.level === level && each.state === 'open')
    let until = 0
    for (const place of line) {
      until += place.backordered + place.held_backordered
      let come = 0
      const fills = open.find(({ quantity, received }) => {
        come += quantity - received
        return come >= until
      })
      if ((fills?.code ?? null) !== place.peg) {
        const why = JSON.stringify({ place, line, open })
        return `pegged to ${place.peg}, not to ${fills?.code}: ${why}`
      }
    }
  }
  return undefined
}
