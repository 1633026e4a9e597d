import pg from 'pg'

/** One movement of a level, with what it left; of an untracked SKU: without a level or version. */
export type Movement = {
  level: string
  version: number | null
  kind: string
  reservation_id: string | null
  line: number | null
  part: number | null
  on_hand_change: number
  held_change: number
  committed_change: number
  /** Units that wait for supply: of orders, and of carts. */
  backordered_change: number
  held_backordered_change: number
  on_hand: number
  held: number
  committed: number
  damaged: number
  quality_control: number
  set_aside: number
  shortage: number
  /** What waits at the level, in both. */
  waiting: number
}

/** What the database says of one tenant, read past every wall. */
export type Books = {
  /** By level, the movement of version n at index n − 1. */
  movements: Map<string, Movement[]>
  /** By reservation, its movements at all levels. */
  lives: Map<string, Movement[]>
  reservations: Set<string>
  /** Where each code leads: an alias or a pack to its SKU, with a factor. */
  codes: Map<string, { sku: string; factor: number }>
}

export const levelName = (sku: string, location: string): string => `${sku} at ${location}`

const movementsText = `
  select coalesce(s.code || ' at ' || p.code, '') as level, t.version::float8, k.name as kind,
    t.reservation_id, t.line_no as line, t.part_no as part,
    coalesce(t.on_hand_change, 0)::float8 as on_hand_change,
    coalesce(t.held_change, 0)::float8 as held_change,
    coalesce(t.committed_change, 0)::float8 as committed_change,
    coalesce(t.backordered_change, 0)::float8 as backordered_change,
    coalesce(t.held_backordered_change, 0)::float8 as held_backordered_change,
    (coalesce(t.backordered, 0) + coalesce(t.held_backordered, 0))::float8 as waiting,
    t.on_hand::float8, t.held::float8, t.committed::float8,
    coalesce(t.damaged, 0)::float8 as damaged,
    coalesce(t.quality_control, 0)::float8 as quality_control,
    coalesce(t.set_aside, 0)::float8 as set_aside, coalesce(t.shortage, 0)::float8 as shortage
  from holdfast.inventory_transactions t
  join holdfast.transaction_kinds k on k.kind = t.kind
  left join holdfast.levels l on l.tenant_id = t.tenant_id and l.level_id = t.level_id
  left join holdfast.skus s on s.tenant_id = t.tenant_id and s.sku_id = l.sku_id
  left join holdfast.locations p on p.tenant_id = t.tenant_id and p.location_id = l.location_id
  where t.tenant_id = $1
  order by t.level_id, t.version`

const reservationsText = `
  select reservation_id from holdfast.reservations where tenant_id = $1`

const codesText = `
  select c.code, s.code as sku, c.factor::float8 from holdfast.sku_codes c
  join holdfast.skus s on s.tenant_id = c.tenant_id and s.sku_id = c.sku_id
  where c.tenant_id = $1`

const groupBy = (rows: Movement[], name: (row: Movement) => string): Map<string, Movement[]> => {
  const groups = new Map<string, Movement[]>()
  for (const row of rows) {
    const group = groups.get(name(row))
    if (group) group.push(row)
    else groups.set(name(row), [row])
  }
  return groups
}

/** Reads the books of a tenant as a superuser. */
export const readBooks = async (ownerUrl: string, tenantId: number): Promise<Books> => {
  const client = new pg.Client(ownerUrl)
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    const movements = (await client.query<Movement>(movementsText, [tenantId])).rows
    const reservations = await client.query<{ reservation_id: string }>(reservationsText, [
      tenantId,
    ])
    const codes = await client.query<{ code: string; sku: string; factor: number }>(codesText, [
      tenantId,
    ])
    await client.query('commit')
    return {
      movements: groupBy(
        movements.filter(({ version }) => version !== null),
        ({ level }) => level,
      ),
      lives: groupBy(
        movements.filter(({ reservation_id }) => reservation_id !== null),
        ({ reservation_id }) => reservation_id as string,
      ),
      reservations: new Set(reservations.rows.map(({ reservation_id }) => reservation_id)),
      codes: new Map(codes.rows.map(({ code, sku, factor }) => [code, { sku, factor }])),
    }
  } finally {
    await client.end()
  }
}
