import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, shiftClock, stock } from '../../test/shop.ts'
import type { HoldfastEvent } from './events.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()
const { events } = holdfast

/** Feeds until nothing is left, as a process that looks everywhere in every step. */
const feedAll = async () => {
  for (let more = true; more; ) ({ more } = await events.feed())
}

/** Everything after an event, oldest first. */
const after = async (cursor: string): Promise<HoldfastEvent[]> => {
  const found: HoldfastEvent[] = []
  for (let next: string | null = cursor; next !== null; ) {
    const answer: Awaited<ReturnType<typeof events.list>> = await events.list({
      ...{ cursor: next, sort: 'position', limit: 250 },
    })
    const page = granted(answer)
    found.push(...page.data)
    next = page.next_cursor
  }
  return found
}

const newest = async () => granted(await events.list({ limit: 1 })).data[0]?.id ?? 'evt_0'

/** What work brings to the feed. */
const toldOf = async (work: () => Promise<unknown>): Promise<HoldfastEvent[]> => {
  const before = await newest()
  await work()
  await feedAll()
  return after(before)
}

const typesOf = (told: HoldfastEvent[]) => told.map(({ type }) => type)
const line = (quantity: number, sku = 'TEE') => ({ sku, location: 'berlin', quantity })

await stock(holdfast, { TEE: { berlin: 10 }, MUG: { berlin: 5 }, PDF: null })

test('a feed begins with its first step: what was before is not in it', async () => {
  await feedAll()
  expect(await newest()).toBe('evt_0')
  expect(typesOf(await toldOf(() => holdfast.adjust({ lines: [line(1)] })))).toEqual([
    'level.changed',
  ])
})

test('every movement of a reservation is one event, in order, with its facts', async () => {
  const told = await toldOf(async () => {
    const { reservation_id } = granted(await holdfast.reserve({ lines: [line(4)] }))
    granted(await holdfast.commit({ reservation_id, order_reference: '#1' }))
    granted(await holdfast.fulfill({ reservation_id, lines: [line(2)] }))
    granted(await holdfast.release({ reservation_id, lines: [line(1)] }))
    granted(await holdfast.return({ reservation_id, lines: [line(1)] }))
    granted(await holdfast.amend({ reservation_id, lines: [line(1)] }))
    granted(await holdfast.recordSale({ order_reference: '#2', lines: [line(1)] }))
  })
  const movements = told.filter(({ type }) => type.startsWith('reservation.'))
  expect(typesOf(movements).map(type => type.replace('reservation.', ''))).toEqual([
    ...['held', 'committed', 'fulfilled', 'released', 'returned'],
    ...(movements.length === 7 ? ['changed'] : []), // an amend that changes nothing moves nothing
    'sale_recorded',
  ])
  expect(movements.map(({ data }) => data['quantity']).slice(0, 5)).toEqual([4, 4, 2, 1, 1])
  expect(movements[2]?.data).toMatchObject({
    ...{ sku: 'TEE', location: 'berlin', line: 1, order_reference: '#1', channel: null },
    changes: { on_hand: -2, held: 0, committed: -2, backordered: 0 },
  })
  const versions = movements.map(({ data }) => data['version'] as number)
  expect(versions).toEqual([...versions].sort((a, b) => a - b))
})

test('a level that moves often within a step has changed once, and no version is left out', async () => {
  const told = await toldOf(async () => {
    for (let n = 0; n < 5; n++) granted(await holdfast.adjust({ lines: [line(1), line(1, 'MUG')] }))
  })
  expect(typesOf(told)).toEqual(['level.changed', 'level.changed'])
  for (const { data } of told) {
    expect((data['version'] as number) - (data['from_version'] as number)).toBe(4)
  }
  const all = (await after('evt_0')).filter(({ type }) => type === 'level.changed')
  for (const sku of ['TEE', 'MUG']) {
    const ranges = all.filter(({ data }) => data['sku'] === sku).map(({ data }) => data)
    for (const [at, { from_version }] of ranges.entries()) {
      if (at > 0) expect(from_version).toBe((ranges[at - 1]?.['version'] as number) + 1)
    }
    const page = granted(await holdfast.levels({ sku }))
    expect(ranges.at(-1)).toMatchObject({
      version: page.data[0]?.version,
      available: page.data[0]?.available,
    })
  }
})

test('low, out and back are told once for each crossing', async () => {
  await stock(holdfast, { HAT: { berlin: 10 } })
  granted(
    await holdfast.policies.set({ rules: [{ sku: 'HAT', fields: { low_stock_threshold: 3 } }] }),
  )
  await feedAll()
  const reserve = async (quantity: number) =>
    granted(await holdfast.reserve({ lines: [line(quantity, 'HAT')] })).reservation_id
  const crossings = async (work: () => Promise<unknown>) =>
    typesOf(await toldOf(work)).filter(type => /low|out|back/.test(type))
  expect(await crossings(() => reserve(6))).toEqual([])
  expect(await crossings(() => reserve(1))).toEqual(['level.low'])
  expect(await crossings(() => reserve(1))).toEqual([])
  let last = ''
  expect(await crossings(async () => (last = await reserve(2)))).toEqual(['level.out'])
  expect(await crossings(() => holdfast.release({ reservation_id: last }))).toEqual([
    'level.back_in_stock',
  ])
  const receive = () => holdfast.receive({ lines: [line(5, 'HAT')] })
  expect(await crossings(receive)).toEqual([])
  expect(await crossings(() => reserve(4))).toEqual(['level.low'])
})

test('facts come with the names of what they are of', async () => {
  const told = await toldOf(async () => {
    const { reservation_id } = granted(await holdfast.reserve({ lines: [line(1)] }))
    granted(await holdfast.extend({ reservation_id, order_reference: '#3' }))
    granted(await holdfast.set({ lines: [line(0)] }))
    granted(await holdfast.channels.create({ code: 'web' }))
  })
  expect(typesOf(told)).toContain('policy.changed')
  expect(told.find(({ type }) => type === 'reservation.extended')?.data).toMatchObject({
    order_reference: '#3',
  })
  expect(told.find(({ type }) => type === 'level.shortage')?.data).toMatchObject({ sku: 'TEE' })
})

test('an untracked SKU has no versions, and its movements are told once all the same', async () => {
  const told = await toldOf(async () => {
    const { reservation_id } = granted(
      await holdfast.reserve({ lines: [{ sku: 'PDF', quantity: 2 }] }),
    )
    granted(await holdfast.commit({ reservation_id, order_reference: '#4' }))
    await feedAll()
  })
  expect(typesOf(told)).toEqual(['reservation.held', 'reservation.committed'])
  expect(told[0]?.data).toMatchObject({ sku: 'PDF', version: null, quantity: 2 })
})

test('a transaction that commits late is told of late, and another database idles meanwhile', async () => {
  const [late, idle] = [new pg.Client(url), new pg.Client(ownerUrl)]
  await Promise.all([late.connect(), idle.connect()])
  await idle.query('begin')
  await idle.query('select pg_current_xact_id()')
  await late.query('begin')
  granted(await holdfast.reserve({ lines: [line(1, 'MUG')] }, { transaction: late }))
  const meanwhile = await toldOf(() => holdfast.receive({ lines: [line(20)] }))
  expect(typesOf(meanwhile)).toContain('level.changed')
  expect(typesOf(meanwhile)).not.toContain('reservation.held')
  const told = await toldOf(() => late.query('commit'))
  expect(typesOf(told)).toEqual(['reservation.held', 'level.changed'])
  await Promise.all([late.end(), idle.end()])
})

test('a fact whose transaction was open for hours is found by the slices', async () => {
  await asOwner(ownerUrl, `update holdfast.event_feeds set began_at = began_at - interval '1 day'`)
  const told = await toldOf(() =>
    asOwner(
      ownerUrl,
      `insert into holdfast.events (tenant_id, event_id, type, data, recorded_at)
       select tenant_id, holdfast_engine_1.uuid_of_past(7200), 'policy.changed', '{"late": true}',
         clock_timestamp() - interval '2 hours' from holdfast.tenants where code = 'default'`,
    ),
  )
  expect(told.map(({ data }) => data['late'])).toEqual([true])
})

test('an end of a hold is told when it is tidied up', async () => {
  const told = await toldOf(async () => {
    granted(await holdfast.reserve({ lines: [line(1)], hold_seconds: 60 }))
    await shiftClock(url, '2 minutes')
    await holdfast.expire()
  })
  await shiftClock(url, '0')
  expect(typesOf(told)).toEqual(['reservation.held', 'reservation.expired', 'level.changed'])
})

test('many who feed at once write every event once', async () => {
  const before = await newest()
  const selling = Array.from({ length: 60 }, () => holdfast.reserve({ lines: [line(1, 'HAT')] }))
  const feeding = Array.from({ length: 40 }, () => events.feed({ limit: 7 }))
  await Promise.all([...selling, ...feeding])
  const stocked = holdfast.receive({ lines: [line(100)] })
  const more = Array.from({ length: 50 }, () => holdfast.reserve({ lines: [line(1)] }))
  await Promise.all([stocked, ...more, ...Array.from({ length: 40 }, () => events.feed())])
  await feedAll()
  const told = await after(before)
  const positions = told.map(({ id }) => Number(id.slice(4)))
  expect(positions).toEqual(positions.map((_, at) => (positions[0] as number) + at))
  const [{ moved } = { moved: 0 }] = await asOwner(
    ownerUrl,
    `select count(*)::int as moved from holdfast.inventory_transactions where kind = 1`,
  )
  const held = (await after('evt_0')).filter(({ type }) => type === 'reservation.held')
  const missing = (moved as number) - held.length
  expect(missing).toBe(0)
  const names = held.map(({ data }) => `${data['reservation_id']}/${data['line']}`)
  expect(new Set(names).size).toBe(names.length)
})

test('a list is filtered, and refuses what makes no sense', async () => {
  const mugs = granted(await events.list({ sku: ['MUG'], type: ['reservation.held'] }))
  expect(mugs.data.map(({ data }) => data['sku'])).toEqual(['MUG'])
  for (const [field, request] of [
    ['cursor', { cursor: 'x' }],
    ['type', { type: 'level.low' }],
    ['limit', { limit: 0 }],
    ['sort', { sort: 'name' }],
  ] as const) {
    expect(await events.list(request as never)).toMatchObject({
      refusal: { code: 'invalid_request', field },
    })
  }
})

test('events of more than two weeks ago are forgotten', async () => {
  const all = (await after('evt_0')).length
  expect(await events.trim()).toMatchObject({ forgotten: 0 })
  await asOwner(
    ownerUrl,
    `update holdfast.event_feed set recorded_at = recorded_at - interval '15 days'
    where position <= 3`,
  )
  expect(await events.trim()).toMatchObject({ forgotten: 3, more: false })
  expect((await after('evt_0')).length).toBe(all - 3)
})
