import { test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

const sku = 'WAITED-FOR'
const location = 'hamburg'
const DAY_MS = 86_400_000

const dayIn = (days: number): string =>
  new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)

/** Three units are there and five are ordered: two are owed, and rest on what is booked. */
const sellBeyondStock = async ({ holdfast }: World): Promise<void> => {
  await holdfast.skus.create({ code: sku })
  await holdfast.receive({ lines: [{ sku, location, quantity: 3 }] })
  const fields = { backorder_mode: 'allow' as const, backorder_cap: 9 }
  await holdfast.policies.set({ rules: [{ sku, fields }] })
  const supply = { code: 'PO-77', sku, location, quantity: 4 }
  await holdfast.supply.book({ ...supply, expected_on: dayIn(10) })
  const held = await holdfast.reserve({ lines: [{ sku, location, quantity: 5 }] })
  if (!held.ok) throw new Error(held.refusal.code)
  const { reservation_id } = held
  await holdfast.commit({ reservation_id, order_reference: 'ORDER-WAITS' })
}

export const journeys = (world: World): void => {
  test('supply that slips says which promises move; what is received serves them', async () => {
    await sellBeyondStock(world)
    const page = await world.open('/supply')
    await page.getByRole('link', { name: 'PO-77' }).click()
    await page.getByRole('link', { name: 'ORDER-WAITS' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Move' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Expected from').fill(dayIn(17))
    await dialog.getByText('1 promise rests on it', { exact: false }).waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: /^Move to .* 1 promise again$/ }).click()
    await page.getByText('PO-77 moved; 1 promise has another date now').waitFor()
    await page.getByLabel('Units', { exact: true }).fill('2')
    await page.getByRole('button', { name: 'Receive 2' }).click()
    await page.getByText('Received 2 of PO-77').waitFor()
    await page.getByText('No promise rests on it', { exact: false }).waitFor()
    await page.context().close()
  })
}
