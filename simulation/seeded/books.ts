import type pg from 'pg'
import { Buffers, readBuffers } from './buffers.ts'
import type { Shop } from './shop.ts'

export const counters = [
  'on_hand',
  'held',
  'committed',
  'damaged',
  'quality_control',
  'set_aside',
] as const
export type Counter = (typeof counters)[number]

export type Movement = {
  /** `SKU at location`; null for an untracked SKU. */
  level: string | null
  sku: string
  location: string | null
  version: number | null
  recorded_ms: number
  kind: number
  changes: Record<Counter, number>
  balances: Record<Counter, number>
  /** Units that wait for supply: of orders and of carts; and what of both waits at the level. */
  waits: { backordered: number; held_backordered: number; left: number }
  reservation_id: string | null
  line_no: number | null
  part_no: number | null
  actor_id: number | null
}

/** The numbers of transaction_kinds that the auditor tells apart. */
export const kinds = {
  reserve: 1,
  amend: 2,
  commit: 3,
  fulfill: 4,
  release: 5,
  expire: 6,
  return: 7,
  record_sale: 8,
  allocate: 16,
  buffer: 32,
} as const

const text = `
  select s.code, p.code, t.version::float8, extract(epoch from t.recorded_at)::float8 * 1000,
    t.kind, t.reservation_id, t.line_no, t.part_no, t.actor_id, t.level_id is not null,
    array[t.on_hand_change, t.held_change, t.committed_change, t.damaged_change,
      t.quality_control_change, t.set_aside_change]::float8[],
    array[t.on_hand, t.held, t.committed, t.damaged, t.quality_control, t.set_aside]::float8[],
    array[t.backordered_change, t.held_backordered_change,
      coalesce(t.backordered, 0) + coalesce(t.held_backordered, 0)]::float8[]
  from holdfast.inventory_transactions t
  left join holdfast.levels l on l.tenant_id = t.tenant_id and l.level_id = t.level_id
  left join holdfast.skus s
    on s.tenant_id = t.tenant_id and s.sku_id = coalesce(t.sku_id, l.sku_id)
  left join holdfast.locations p
    on p.tenant_id = t.tenant_id and p.location_id = coalesce(t.location_id, l.location_id)
  where t.tenant_id = $1
  order by t.level_id, t.version`

type Row = [
  string,
  string | null,
  number | null,
  number,
  number,
  string | null,
  number | null,
  number | null,
  number | null,
  boolean,
  (number | null)[],
  (number | null)[],
  (number | null)[],
]

const named = (units: (number | null)[]): Record<Counter, number> => {
  const [on_hand, held, committed, damaged, quality_control, set_aside] = units.map(n => n ?? 0)
  return { on_hand, held, committed, damaged, quality_control, set_aside } as Record<
    Counter,
    number
  >
}

const movementOf = (row: Row): Movement => {
  const [sku, location, version, recorded, kind, reservation_id, line_no, part_no, actor_id] = row
  return {
    level: row[9] ? `${sku} at ${location}` : null,
    sku,
    location,
    version,
    recorded_ms: Math.round(recorded),
    kind,
    changes: named(row[10]),
    balances: named(row[11]),
    waits: {
      backordered: row[12][0] ?? 0,
      held_backordered: row[12][1] ?? 0,
      left: row[12][2] ?? 0,
    },
    reservation_id,
    line_no,
    part_no,
    actor_id,
  }
}

export const freeOf = (level: Record<Counter, number>): number =>
  level.on_hand -
  level.held -
  level.committed -
  level.damaged -
  level.quality_control -
  level.set_aside

/** What waits more after a movement than before it. */
export const waitingChange = ({ waits }: Movement): number =>
  waits.backordered + waits.held_backordered

export const partOf = ({ reservation_id, line_no, part_no }: Movement): string =>
  `${reservation_id}/${line_no}/${part_no}`

/** The ledger of one tenant, as the auditor reads it at the end. */
export class Books {
  readonly movements: Movement[]
  readonly byLevel = new Map<string, Movement[]>()
  readonly byActor = new Map<number, Movement[]>()
  readonly byPart = new Map<string, Movement[]>()
  readonly byReservation = new Map<string, Movement[]>()
  /** What policy keeps back from sale, by level. */
  readonly safety: Map<string, number>
  readonly buffers: Buffers

  constructor(movements: Movement[], safety: Map<string, number>, buffers: Buffers) {
    this.movements = movements
    this.safety = safety
    this.buffers = buffers
    const add = <Key>(map: Map<Key, Movement[]>, key: Key | null, movement: Movement): void => {
      if (key === null) return
      const list = map.get(key)
      if (list) list.push(movement)
      else map.set(key, [movement])
    }
    for (const movement of movements) {
      add(this.byLevel, movement.level, movement)
      add(this.byActor, movement.actor_id, movement)
      add(this.byReservation, movement.reservation_id, movement)
      // Movements without a level have no version, so nothing tells their order.
      if (movement.level && movement.reservation_id) add(this.byPart, partOf(movement), movement)
    }
  }

  /** A level's counters at a version; undefined when it never had that version. */
  at(level: string, version: number): Record<Counter, number> | undefined {
    if (version === 0) return named([0, 0, 0, 0, 0, 0])
    return this.byLevel.get(level)?.[version - 1]?.balances
  }

  /** What a sale might take at a version, before anything overdue is freed. */
  freeAt(level: string, version: number): number | undefined {
    const balances = this.at(level, version)
    if (!balances) return undefined
    return freeOf(balances) - (this.safety.get(level) ?? 0) - this.waitingAt(level, version)
  }

  /** Units that wait at a level at a version. */
  waitingAt(level: string, version: number): number {
    return this.byLevel.get(level)?.[version - 1]?.waits.left ?? 0
  }
}

/** Read as superuser: the walls between tenants are part of what is audited. */
export const readBooks = async (owner: pg.Pool, shop: Shop): Promise<Books> => {
  const { rows } = await owner.query<Row>({
    text,
    values: [shop.tenant_id],
    rowMode: 'array',
  } as never)
  const safety = await owner.query(
    `select s.code || ' at ' || p.code as level, l.safety_stock from holdfast.levels l
    join holdfast.skus s on s.tenant_id = l.tenant_id and s.sku_id = l.sku_id
    join holdfast.locations p on p.tenant_id = l.tenant_id and p.location_id = l.location_id
    where l.tenant_id = $1 and l.safety_stock > 0`,
    [shop.tenant_id],
  )
  return new Books(
    (rows as unknown as Row[]).map(movementOf),
    new Map(safety.rows.map(row => [row.level as string, Number(row.safety_stock)])),
    shop.channels.length > 0 ? await readBuffers(owner, shop) : new Buffers([]),
  )
}
