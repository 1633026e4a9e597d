import type { Holdfast, Refusal } from 'holdfast'
import type pg from 'pg'

// The three functions that headless shops usually write by hand, over Holdfast. Each takes the
// shop's own transaction: cart, order and stock change together, or not at all.

export type Item = { variantId: string; locationId: string; quantity: number }
type Refused = { success: false; refusal: Refusal }
export type Reserved = { success: true } | Refused
export type Released = { success: true; units: number } | Refused

const itemsOf = async (client: pg.ClientBase, cartId: string): Promise<Item[]> => {
  const { rows } = await client.query(
    `select variant_id as "variantId", location_id as "locationId", quantity from cart_items
     where cart_id = $1 order by variant_id, location_id`,
    [cartId],
  )
  return rows
}

const reservationOf = async (client: pg.ClientBase, cartId: string): Promise<string | null> => {
  const { rows } = await client.query(
    'select reservation_id from carts where cart_id = $1 for update',
    [cartId],
  )
  return rows[0]?.reservation_id ?? null
}

const linesOf = (items: Item[]) =>
  items.map(({ variantId, locationId, quantity }) => ({
    sku: variantId,
    location: locationId,
    quantity,
  }))

const isSame = (a: Item, b: Item) => a.variantId === b.variantId && a.locationId === b.locationId

/** Puts an item into a cart. The whole cart has one hold: a second item amends it. */
export async function reserveInventory(
  holdfast: Holdfast,
  transaction: pg.ClientBase,
  { referenceId, ...item }: Item & { referenceId: string },
): Promise<Reserved> {
  const reservation_id = await reservationOf(transaction, referenceId)
  const others = await itemsOf(transaction, referenceId)
  const lines = linesOf([...others.filter(other => !isSame(other, item)), item])
  const answer = reservation_id
    ? await holdfast.amend({ reservation_id, lines }, { transaction })
    : await holdfast.reserve({ lines, buyer: referenceId }, { transaction })
  if (!answer.ok) return { success: false, refusal: answer.refusal }

  await transaction.query('update carts set reservation_id = $2 where cart_id = $1', [
    referenceId,
    answer.reservation_id,
  ])
  await transaction.query(
    `insert into cart_items (cart_id, variant_id, location_id, quantity) values ($1, $2, $3, $4)
     on conflict (cart_id, variant_id, location_id) do update set quantity = excluded.quantity`,
    [referenceId, item.variantId, item.locationId, item.quantity],
  )
  return { success: true }
}

/** Takes an item out of a cart, and gives its units back; a second time there are none. */
export async function releaseReservation(
  holdfast: Holdfast,
  transaction: pg.ClientBase,
  { referenceId, ...item }: Item & { referenceId: string },
): Promise<Released> {
  const reservation_id = await reservationOf(transaction, referenceId)
  if (!reservation_id) return { success: true, units: 0 }
  const lines = linesOf([item])
  const request = { reservation_id, lines, reason: 'taken out of the cart' }
  const answer = await holdfast.release(request, { transaction })
  if (!answer.ok) return { success: false, refusal: answer.refusal }
  await transaction.query(
    'delete from cart_items where cart_id = $1 and variant_id = $2 and location_id = $3',
    [referenceId, item.variantId, item.locationId],
  )
  if (answer.state === 'closed') {
    await transaction.query('update carts set reservation_id = null where cart_id = $1', [
      referenceId,
    ])
  }
  return { success: true, units: item.quantity }
}

/**
 * Marks carts whose hold has ended. No stock waits for this: a hold that has ended is free at once,
 * so it may run rarely, or never.
 */
export async function expireStaleCartReservations(
  holdfast: Holdfast,
  client: pg.ClientBase,
): Promise<{ carts: number }> {
  for (let more = true; more; ) ({ more } = await holdfast.expire({ limit: 1_000 }))
  const { rows } = await client.query(
    `select cart_id, reservation_id from carts where status = 'active' and reservation_id is not null`,
  )
  const stale: string[] = []
  for (const { cart_id, reservation_id } of rows) {
    const found = await holdfast.reservation({ reservation_id })
    if (found.ok && found.expired) stale.push(cart_id)
  }
  await client.query(`update carts set status = 'expired' where cart_id = any($1)`, [stale])
  return { carts: stale.length }
}
