import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, expectSound, granted, level, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const cart = { lines: [{ sku: 'LAST', location: 'berlin', quantity: 1 }] }
const GATE = 20_250_101

afterAll(() => expectSound(ownerUrl))

/** holdfast.clock() waits at a gate, so that a look can be stopped in its middle. */
const gatedClock = `create or replace function holdfast.clock() returns timestamptz
  language plpgsql volatile as $$ begin
    if pg_backend_pid() <> (select coalesce(max(pid), 0) from pg_locks
      where locktype = 'advisory' and objid = ${GATE} and mode = 'ExclusiveLock' and granted)
    then perform pg_advisory_xact_lock_shared(${GATE}); end if;
    return clock_timestamp();
  end $$`

test('a refusal that was looked up names the version at which nothing was free', async () => {
  await stock(holdfast, { LAST: { berlin: 1 } })
  const hold = granted(await holdfast.reserve(cart))
  expect(await holdfast.reserve(cart, { key: 'first' })).toMatchObject({ ok: false })
  const { version } = await level(holdfast, 'LAST', 'berlin')
  await asOwner(ownerUrl, gatedClock)

  const gate = new pg.Client(ownerUrl) // whoever holds it may pass
  await gate.connect()
  await gate.query(`select pg_advisory_lock(${GATE})`)
  const asked = holdfast.reserve(cart, { key: 'second' })
  const waiting = `select 1 from pg_locks where locktype = 'advisory' and not granted
    and objid = ${GATE} and database = (select oid from pg_database where datname = current_database())`
  await expect.poll(async () => (await gate.query(waiting)).rowCount, { timeout: 30_000 }).toBe(1)
  const release = JSON.stringify({ reservation_id: hold.reservation_id })
  await gate.query(`select holdfast.release('default', $1)`, [release])
  await gate.query(`select pg_advisory_unlock(${GATE})`)
  await gate.end()

  expect(await asked).toMatchObject({
    ...{ ok: false, refusal: { lines: [{ available: 0, version }] } },
  })
  expect((await level(holdfast, 'LAST', 'berlin')).version).toBe(version + 1)
})
