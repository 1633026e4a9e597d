import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

const SKU = 'BAROMETER'
const HOLD_SECONDS = 15

export const journeys = (world: World): void => {
  test('why it was refused: what is free, who has the rest, where else', async () => {
    const page = await world.open('/reservations')
    await page.keyboard.press('w')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('SKU').fill(SKU)
    await dialog.getByLabel('Quantity').fill('5000')
    await dialog.getByLabel('Location').selectOption('hamburg')
    await dialog.getByRole('button', { name: 'Explain' }).click()
    await dialog.getByText(/^It is refused: .* 5,000 were asked for$/).waitFor()
    await dialog.getByText(/on hand in all/).waitFor()
    await dialog.getByRole('heading', { name: 'What happened last' }).waitFor()
    await expectAccessible(page)
    await page.context().close()
  })

  test('stock is held for somebody, given more time, and committed to an order', async () => {
    const page = await world.open('/reservations?hold=1')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('SKU').fill('HARBOUR-TEE-M-NAVY')
    await dialog.getByLabel('Quantity').fill('2')
    await dialog.getByLabel('For whom, or why').fill('Mara at the till')
    await dialog.getByRole('button', { name: 'Hold 2' }).click()
    await page.getByRole('heading', { level: 1, name: 'Mara at the till' }).waitFor()
    await page.getByRole('button', { name: 'Extend' }).click()
    await page.getByRole('dialog').getByLabel('Minutes from now').fill('45')
    await page.getByRole('dialog').getByRole('button', { name: 'Extend' }).click()
    await page.getByText(/^Held until \d\d:\d\d$/).waitFor()
    await page.getByRole('button', { name: 'Commit' }).click()
    await page.getByRole('dialog').getByLabel('Order reference').fill('TILL-7')
    await expectAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Commit' }).click()
    await page.getByText('Committed to TILL-7').waitFor()
    await page.getByRole('link', { name: 'Ship it' }).waitFor()
    await expectAccessible(page)
    const found = await world.holdfast.reservations({ order_reference: 'TILL-7' })
    expect(found).toMatchObject({ data: [{ state: 'committed', extensions: 1 }] })
    await page.context().close()
  })

  test('a hold counts down, and its end is seen without a touch', async () => {
    const page = await world.open('/reservations')
    const lines = [{ sku: 'HARBOUR-TEE-M-NAVY', location: 'hamburg', quantity: 1 }]
    await world.holdfast.reserve({ lines, buyer: 'cart-brief', hold_seconds: HOLD_SECONDS })
    const row = page.getByRole('row').filter({ hasText: 'cart-brief' })
    await row.getByText(/^00:\d\d left$/).waitFor()
    await row.getByText('Expired').waitFor()
    await page.context().close()
  })
}
