import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

const SKU = 'LOST-PARCEL'
const location = 'hamburg'

/** Two orders hang on four units, of which a count finds one; the pier has two more. */
const fallShort = async ({ holdfast }: World): Promise<void> => {
  await holdfast.skus.create({ code: SKU })
  const levels = [
    { sku: SKU, location, quantity: 4 },
    { sku: SKU, location: 'pier-7', quantity: 2 },
  ]
  await holdfast.receive({ lines: levels })
  for (const [at, order_reference] of ['SHORT-1', 'SHORT-2'].entries()) {
    const lines = [{ sku: SKU, location, quantity: 2 }]
    const hold = await holdfast.reserve({ lines, buyer: `short-${at}` })
    if (!hold.ok) throw new Error(hold.refusal.code)
    await holdfast.commit({ reservation_id: hold.reservation_id, order_reference })
  }
  await holdfast.set({ lines: [{ sku: SKU, location, quantity: 1 }], reason: 'count' })
}

export const journeys = (world: World): void => {
  test('a shortage: one order is served from elsewhere, of the other a unit is cancelled', async () => {
    const page = await world.open('/')
    await fallShort(world)
    await page.getByText('3 units promised that do not exist').waitFor()
    await page.goto(`${world.url}/shortages?sku=${SKU}`)
    await page.getByText('3 units are missing').waitFor()
    await expectAccessible(page)
    const newest = page.getByRole('listitem').filter({ hasText: 'SHORT-2' })
    await newest.getByRole('button', { name: 'Serve from elsewhere' }).click()
    await page.getByRole('menuitem', { name: /pier-7|Pier 7/ }).click()
    await page.getByText(/^2 units of SHORT-2 come from/).waitFor()
    await page.getByText('1 unit is missing').waitFor()
    const older = page.getByRole('listitem').filter({ hasText: 'SHORT-1' })
    await older.getByRole('button', { name: 'Cancel units' }).click()
    await expectAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel 1 unit' }).click()
    await page.getByText('1 unit of SHORT-1 cancelled').waitFor()
    await page
      .getByText('Nobody has to be disappointed')
      .or(page.getByText('No shortage'))
      .waitFor()
    const found = await world.holdfast.levels({ sku: SKU, location })
    expect(found).toMatchObject({ data: [{ on_hand: 1, committed: 1, shortage: 0 }] })
    await page.context().close()
  })
}
