import pg from 'pg'
import { engineSchema } from '../../src/database/statements.ts'
import { type Holdfast, openHoldfast } from '../../src/index.ts'
import { CHANNELS } from './buffers.ts'
import { COUNTED_SKUS, LOCATIONS, PACK_FACTOR, type Room } from './draft.ts'
import { kitOf } from './kits.ts'
import { type Told, toldText } from './notices.ts'
import { type Sellable, sellableText } from './sellable.ts'
import { type Waiting, waitingText } from './waiting.ts'
import type { Code, Settings, World } from './world.ts'

/** Each tenant of the model has a clock of its own, which stands still until it is moved. */
const clockText = `
  create table if not exists holdfast.model_clock (of_tenant int primary key, at timestamptz);
  grant select on holdfast.model_clock to holdfast_app;
  create or replace function holdfast.clock() returns timestamptz language sql volatile as
    'select coalesce((select c.at from holdfast.model_clock c where c.of_tenant =
      nullif(current_setting(''holdfast.tenant'', true), '''')::int), clock_timestamp())'`

const settingsText = `
  select cart_window_seconds, order_window_seconds, extension_count_max, hold_life_seconds_max
  from holdfast.tenants where tenant_id = $1`

/** The SKUs of a run, in both tenants of a lane. */
const skusText = `
  with made as (
    insert into holdfast.skus (tenant_id, code, tracked)
    select t, c || '-' || $2, c <> 'P'
    from unnest($1::int[]) as t, unnest(array['A', 'B', 'P', 'K', 'X']) as c
    returning tenant_id, sku_id, code
  )
  insert into holdfast.sku_codes (tenant_id, code, sku_id, kind, factor)
  select tenant_id, code, sku_id, 'own', 1 from made
  union all
  select tenant_id, 'A3-' || $2, sku_id, 'alias', ${PACK_FACTOR} from made
  where code = 'A-' || $2`

/** K is two of A and one of B; X is built of one of each. */
const kitsText = `
  with kits as (
    insert into holdfast.kits (tenant_id, sku_id, assembled, changed_at)
    select s.tenant_id, s.sku_id, s.code = 'X-' || $2, '2026-01-01' from holdfast.skus s
    where s.tenant_id = any ($1) and s.code in ('K-' || $2, 'X-' || $2)
    returning tenant_id, sku_id, assembled
  ), switched as (
    update holdfast.tenants set has_kits = true where tenant_id = any ($1)
  )
  insert into holdfast.kit_components (tenant_id, kit_id, sku_id, quantity)
  select k.tenant_id, k.sku_id, s.sku_id,
    case when s.code = 'A-' || $2 and not k.assembled then 2 else 1 end
  from kits k
  join holdfast.skus s on s.tenant_id = k.tenant_id and s.code in ('A-' || $2, 'B-' || $2)`

/** A level as the database has it, with what is overdue not counted as held. */
export type Counted = {
  tenant_id: number
  level: string
  counters: Record<string, number>
  shortage_exact: boolean
  /** Units of holds that have ended and that nobody has freed. */
  overdue: number
  /** Units that wait in them. */
  waiting_after: number
  /** By channel. */
  buffers: Record<string, { size: number; units: number }>
  /** Its queue has to be served yet: one call could not. */
  due: boolean
}

const levelsText = `
  select l.tenant_id, s.code || ' at ' || p.code as level, json_build_object(
      'held', l.held - o.units, 'committed', l.committed, 'on_hand', l.on_hand,
      'damaged', l.damaged, 'quality_control', l.quality_control, 'set_aside', l.set_aside,
      'backordered', l.backordered, 'held_backordered', l.held_backordered - o.waiting,
      'buffered', l.buffered, 'buffer_size', l.buffer_size
    ) as counters, o.units::float8 as overdue, o.waiting::float8 as waiting_after,
    coalesce((select json_object_agg(h.code, json_build_object('size', b.size, 'units', b.units))
      from holdfast.channel_buffers b
      join holdfast.channels h on h.tenant_id = b.tenant_id and h.channel_id = b.channel_id
      where b.tenant_id = l.tenant_id and b.level_id = l.level_id), '{}') as buffers,
    exists (select from holdfast.queues_due d
      where d.tenant_id = l.tenant_id and d.level_id = l.level_id) as due,
    l.shortage = greatest(0, l.held + l.committed + l.damaged + l.quality_control + l.set_aside
      - l.on_hand) as shortage_exact
  from holdfast.skus s
  join holdfast.levels l on l.tenant_id = s.tenant_id and l.sku_id = s.sku_id
  join holdfast.locations p on p.tenant_id = l.tenant_id and p.location_id = l.location_id
  join holdfast.model_clock c on c.of_tenant = l.tenant_id
  cross join lateral ${engineSchema}.overdue_at(l.tenant_id, l.level_id, c.at) as o
  where s.tenant_id = any($1) and s.code in (${COUNTED_SKUS})
  order by 1, 2`

export type Servers = { one: Holdfast; two: Holdfast; own: pg.Pool }

/** Two servers and a pool of somebody's own, for all lanes: each connection has to warm up once. */
export const openServers = async (urls: { url: string; ownerUrl: string }): Promise<Servers> => {
  const owner = new pg.Client(urls.ownerUrl)
  await owner.connect()
  // Nothing here is killed, so nobody waits for the disk.
  await owner.query(`alter database ${owner.database} set synchronous_commit = off`)
  await owner.query(clockText)
  await owner.end()
  const of = { connectionString: urls.url, poolSize: 3 }
  const [one, two] = await Promise.all([openHoldfast(of), openHoldfast(of)])
  const own = new pg.Pool({ connectionString: urls.url, max: 2 })
  own.on('error', () => {}) // the database may be dropped under an idle connection
  return { one, two, own }
}

/** A lane, where one run after the other is played: two tenants with one clock. */
export class Shop {
  readonly lane: number
  readonly rooms: Room[]
  readonly #owner: pg.Client
  readonly #own: pg.Pool
  readonly one: Holdfast[] = []
  readonly two: Holdfast[] = []
  #settings: Settings[] = []

  private constructor(lane: number, rooms: Room[], owner: pg.Client, own: pg.Pool) {
    this.lane = lane
    this.rooms = rooms
    this.#owner = owner
    this.#own = own
  }

  static async open(
    servers: Servers,
    ownerUrl: string,
    lane: number,
    rooms: Room[],
  ): Promise<Shop> {
    const shop = new Shop(lane, rooms, new pg.Client(ownerUrl), servers.own)
    await shop.#owner.connect()
    for (const code of [`lane-${lane}-a`, `lane-${lane}-b`]) {
      await servers.one.tenants.create({ code, name: code })
      shop.one.push(await servers.one.forTenant(code))
      shop.two.push(await servers.two.forTenant(code))
    }
    for (const { tenant_id, locations, channels } of shop.one) {
      for (const code of CHANNELS) await channels.create({ code })
      for (const [at, code] of LOCATIONS.entries()) {
        await locations.create({ code, priority: at + 1 })
      }
      shop.#settings.push((await shop.#owner.query(settingsText, [tenant_id])).rows[0])
    }
    return shop
  }

  has(room: Room): boolean {
    return this.rooms.includes(room)
  }

  get tenantIds(): number[] {
    return this.one.map(({ tenant_id }) => tenant_id)
  }

  /** New SKUs without stock, and the worlds of both tenants as they are then. */
  async begin(name: string, nowMs: number): Promise<World[]> {
    await this.setClock(nowMs)
    for (const { channels } of this.one) {
      for (const code of CHANNELS) await channels.update({ code, locations: null })
    }
    await this.#owner.query(skusText, [this.tenantIds, name])
    await this.#owner.query(kitsText, [this.tenantIds, name])
    const of = (code: string) => ({ sku: `${code}-${name}`, factor: 1, tracked: code !== 'P' })
    const codes: Record<string, Code> = Object.fromEntries(
      ['A', 'B', 'P', 'K', 'X'].map(code => [`${code}-${name}`, of(code)]),
    )
    Object.assign(codes[`K-${name}`] as Code, { kit: kitOf(name, { A: 2, B: 1 }) })
    Object.assign(codes[`X-${name}`] as Code, { built_of: kitOf(name, { A: 1, B: 1 }) })
    codes[`A3-${name}`] = { ...of('A'), factor: PACK_FACTOR }
    return this.#settings.map(settings => ({
      ...{ now_ms: nowMs, settings, codes, locations: LOCATIONS },
      ...{ channels: this.has('channels') ? CHANNELS : [], sells_from: {}, shares: [] },
      ...{ levels: {}, reservations: {}, rules: {}, supply: {}, places: 0, keys: {} },
    }))
  }

  async setClock(nowMs: number): Promise<void> {
    await this.#owner.query(
      `insert into holdfast.model_clock select t, $2 from unnest($1::int[]) as t
       on conflict (of_tenant) do update set at = excluded.at`,
      [this.tenantIds, new Date(nowMs)],
    )
  }

  /** The queues, supply and promises of a run. */
  async waiting(name: string): Promise<Waiting[]> {
    return (await this.#owner.query<Waiting>(waitingText, [this.tenantIds, name])).rows
  }

  /** What reads say that each channel may sell. */
  async sellable(name: string): Promise<Sellable[]> {
    return (await this.#owner.query<Sellable>(sellableText, [this.tenantIds, name])).rows
  }

  /** What the buyers of a run were promised and told. */
  async told(name: string): Promise<Told> {
    return (await this.#owner.query(toldText, [this.tenantIds, name])).rows[0]
  }

  /** The sweeper, until it finds nothing more. */
  async sweep(): Promise<void> {
    for (const tenant of this.one) while ((await tenant.expire()).more);
  }

  async counted(name: string): Promise<Counted[]> {
    return (await this.#owner.query<Counted>(levelsText, [this.tenantIds, name])).rows
  }

  /** Faults of the levels of a run, by the functions that verify uses. */
  async levelFaults(name: string): Promise<object[]> {
    const { rows } = await this.#owner.query(
      `select jsonb_array_elements(${engineSchema}.verify_levels(t.tenant_id,
         jsonb_build_object('after_level_id', t.first - 1, 'limit', 50)) -> 'findings') as found
       from (
         select l.tenant_id, min(l.level_id) as first from holdfast.skus s
         join holdfast.levels l on l.tenant_id = s.tenant_id and l.sku_id = s.sku_id
         where s.tenant_id = any($1) and s.code in (${COUNTED_SKUS}) group by 1
       ) as t`,
      [this.tenantIds, name],
    )
    return rows
  }

  /** Runs a call inside a transaction of the caller's own, and commits it. */
  async inTransaction<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#own.connect()
    try {
      await client.query('begin')
      const result = await work(client)
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
  }

  async close(): Promise<void> {
    await this.#owner.end()
  }
}
