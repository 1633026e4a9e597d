import pg from 'pg'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, expectSound, granted, level, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()

beforeAll(() => stock(holdfast, { TEE: { berlin: 500 }, MUG: { berlin: 500 }, PDF: null }))
afterEach(async () => {
  await shiftClock(url, '0')
  await expectSound(ownerUrl)
})

test('the sweeper frees what is overdue, and touches nothing else', async () => {
  const cart = (quantity: number, hold_seconds: number) =>
    holdfast.reserve({
      lines: ['TEE', 'MUG', 'PDF'].map(sku => ({ sku, location: 'berlin', quantity })),
      hold_seconds,
    })
  granted(await cart(2, 60))
  const living = granted(await cart(3, 600))
  await shiftClock(url, '61 seconds')
  expect(await holdfast.expire()).toMatchObject({ ok: true, expired: 5, more: false })
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held: 3 })
  expect(await holdfast.expire()).toMatchObject({ expired: 0 })
  granted(await holdfast.release({ reservation_id: living.reservation_id }))
})

test('each line of an untracked SKU that ends has its movement', async () => {
  const lines = ['PDF', 'TEE', 'PDF'].map(sku => ({ sku, location: 'berlin', quantity: 1 }))
  const { reservation_id } = granted(await holdfast.reserve({ lines, hold_seconds: 60 }))
  await shiftClock(url, '61 seconds')
  await holdfast.expire()
  const { data } = granted(await holdfast.transactions({ reservation_id }))
  expect(data.map(({ kind, sku }) => `${kind} ${sku}`).sort()).toEqual([
    ...['expire PDF', 'expire PDF', 'expire TEE', 'reserve PDF', 'reserve PDF', 'reserve TEE'],
  ])
  const order = granted(await holdfast.commit({ reservation_id, order_reference: 'late' }))
  expect(order.lines.map(({ committed }) => committed)).toEqual([1, 1, 1])
  granted(await holdfast.release({ reservation_id }))
})

test('a step of the sweeper frees no more holds than its limit', async () => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  for (let i = 0; i < 10; i++) granted(await holdfast.reserve({ lines, hold_seconds: 60 }))
  await shiftClock(url, '61 seconds')
  expect(await holdfast.expire({ limit: 4 })).toMatchObject({ expired: 4, more: true })
  expect(await holdfast.expire({ limit: 100 })).toMatchObject({ expired: 6, more: false })
})

test('a round passes over levels that somebody holds, and frees all others', async () => {
  const at = (sku: string) => ({ sku, location: 'berlin', quantity: 1 })
  for (let i = 0; i < 6; i++) {
    granted(await holdfast.reserve({ lines: [at('TEE')], hold_seconds: 60 }))
    granted(await holdfast.reserve({ lines: [at('MUG'), at('TEE')], hold_seconds: 60 }))
    granted(await holdfast.reserve({ lines: [at('PDF')], hold_seconds: 60 }))
  }
  await shiftClock(url, '61 seconds')
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  const freed: number[] = []
  const round = async () => {
    for (let more = true, after: number | null = null; more; ) {
      const step = await holdfast.expire({ limit: 2, after })
      freed.push(step.expired)
      ;({ more, after } = step)
    }
  }
  await owner.query('begin')
  await owner.query(`select from holdfast.levels natural join holdfast.skus
    where code = 'TEE' for update`)
  await round()
  await owner.query('rollback')
  await owner.end()
  expect(Math.max(...freed)).toBe(2)
  expect(freed.reduce((sum, each) => sum + each)).toBe(12)
  expect(await level(holdfast, 'MUG', 'berlin')).toMatchObject({ held: 0 })
  await round()
  expect(freed.reduce((sum, each) => sum + each)).toBe(24)
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held: 0 })
})

test('each expired unit has one movement, whoever frees it', async () => {
  const lines = [{ sku: 'MUG', location: 'berlin', quantity: 500 }]
  granted(await holdfast.reserve({ lines, hold_seconds: 60 }))
  await shiftClock(url, '61 seconds')
  await Promise.all([
    holdfast.expire(),
    holdfast.reserve({ lines: [{ sku: 'MUG', location: 'berlin', quantity: 1 }], hold_seconds: 1 }),
    holdfast.expire(),
  ])
  const rows = await asOwner(
    ownerUrl,
    `select count(*)::int as n from holdfast.inventory_transactions t
     where kind = 6 and held_change = -500`,
  )
  expect(rows).toEqual([{ n: 1 }])
})
