import { test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('the ledger is asked for one SKU, and each row leads to what it belongs to', async () => {
    const page = await world.open('/ledger?sku=HARBOUR-TEE-M-NAVY')
    await page.getByRole('row').nth(1).waitFor()
    await expectAccessible(page)
    await page.getByRole('row').nth(1).getByRole('link').last().click()
    await page.waitForURL(/\/(skus|reservations)\//)
    await page.context().close()
  })
}
