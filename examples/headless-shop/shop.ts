import { readFile } from 'node:fs/promises'
import type { Holdfast } from 'holdfast'
import type pg from 'pg'
import { expireStaleCartReservations, releaseReservation, reserveInventory } from './inventory.ts'

type Say = (line: string) => void

const inTransaction = async <Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> => {
  const client = await pool.connect()
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

/** Places the order and commits its stock: one transaction for both. */
const placeOrder = (
  holdfast: Holdfast,
  pool: pg.Pool,
  cartId: string,
  orderId: string,
  fail = false,
) =>
  inTransaction(pool, async transaction => {
    await transaction.query('insert into orders values ($1, $2)', [orderId, cartId])
    const { rows } = await transaction.query(
      `update carts set status = 'ordered' where cart_id = $1 returning reservation_id`,
      [cartId],
    )
    const [{ reservation_id }] = rows as [{ reservation_id: string }]
    const request = { reservation_id, order_reference: orderId }
    const answer = await holdfast.commit(request, { transaction })
    if (!answer.ok) throw new Error(answer.refusal.code)
    if (fail) throw new Error('the payment page has crashed')
    return answer.state
  })

const show = async (holdfast: Holdfast, say: Say) => {
  const levels = await holdfast.levels({ location: 'berlin' })
  if (!levels.ok) throw new Error(levels.refusal.message)
  for (const { sku, on_hand, held, committed, available } of levels.data) {
    say(
      `  ${sku}: ${on_hand} on hand, ${held} held, ${committed} committed, ${available} available`,
    )
  }
}

/** Runs a day of a small shop, and says what happens. */
export const runShop = async (holdfast: Holdfast, pool: pg.Pool, say: Say): Promise<void> => {
  await pool.query(await readFile(new URL('shop.sql', import.meta.url), 'utf8'))
  await pool.query(`insert into carts values ('anna'), ('ben'), ('cleo')`)
  await holdfast.locations.create({ code: 'berlin', name: 'Berlin' })
  for (const code of ['MUG', 'TEE-M']) await holdfast.skus.create({ code })
  const here = { location: 'berlin', quantity: 5 }
  await holdfast.receive({
    lines: [
      { sku: 'MUG', ...here },
      { sku: 'TEE-M', ...here },
    ],
  })
  const put = (referenceId: string, variantId: string, quantity: number) =>
    inTransaction(pool, transaction =>
      reserveInventory(holdfast, transaction, {
        referenceId,
        variantId,
        locationId: 'berlin',
        quantity,
      }),
    )
  const tell = (what: string, answer: Awaited<ReturnType<typeof put>>) =>
    say(`${what}: ${answer.success ? 'held' : answer.refusal.code}`)

  tell('Anna wants 3 tees', await put('anna', 'TEE-M', 3))
  tell('Anna wants 1 mug too', await put('anna', 'MUG', 1))
  const refused = await put('ben', 'TEE-M', 4)
  tell('Ben wants 4 tees', refused)
  if (!refused.success) say(`  only ${refused.refusal.lines?.[0]?.available} are available`)
  tell('Ben takes 2', await put('ben', 'TEE-M', 2))
  tell('Cleo wants 2 mugs', await put('cleo', 'MUG', 2))
  await show(holdfast, say)

  const mugs = { variantId: 'MUG', locationId: 'berlin', quantity: 2, referenceId: 'cleo' }
  const giveBack = async () => {
    const released = await inTransaction(pool, client => releaseReservation(holdfast, client, mugs))
    return released.success ? `${released.units} released` : released.refusal.code
  }
  say(`Cleo takes them out: ${await giveBack()}`)
  say(`and once more: ${await giveBack()}`)

  await placeOrder(holdfast, pool, 'anna', 'ORDER-1', true).catch(error =>
    say(`Oh: ${error.message}`),
  )
  const { rows } = await pool.query('select count(*)::int as count from orders')
  say(`${rows[0].count} orders; the stock agrees:`)
  await show(holdfast, say)
  say(`Anna pays: ${await placeOrder(holdfast, pool, 'anna', 'ORDER-1')}`)

  await pool.query(`select holdfast.set_test_clock('31 minutes')`) // only a test database has it
  tell('31 minutes later Cleo wants 2 tees, and no cron job ran', await put('cleo', 'TEE-M', 2))
  const client = await pool.connect()
  const { carts } = await expireStaleCartReservations(holdfast, client)
  client.release()
  say(`${carts} cart is stale`)
  await show(holdfast, say)
}
