import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('the overview hears of a hold without a touch, holds still on demand, and leads on', async () => {
    const page = await world.open('/')
    await page.getByText('Live', { exact: true }).first().waitFor()
    const stream = page.locator('section').filter({ hasText: 'What happens' }).first()
    const lines = [{ sku: 'ENAMEL-MUG-BLUE', location: 'hamburg', quantity: 1 }]
    const hold = () => world.holdfast.reserve({ lines, buyer: 'seen-live' })
    const first = stream.getByRole('listitem').first()
    await first.waitFor()
    const before = await first.innerText()
    await hold()
    await expect.poll(() => first.innerText(), { timeout: 30_000 }).not.toBe(before)
    await expectAccessible(page)
    await page.getByRole('link', { name: /^\d/ }).first().click()
    await page.waitForURL(/\/reservations/)
    await page.goBack()
    const soldOut = page.locator('.fig').filter({ hasText: 'Sold out' })
    await soldOut.getByRole('link').click()
    await page.waitForURL(/state=sold_out/)
    await page.getByRole('button', { name: /^Sold out/ }).waitFor()
    await page.context().close()
  })

  test('dark and on a phone it has no finding of axe, and scrolls only downwards', async () => {
    for (const path of ['/', '/inventory', '/reservations', '/orders', '/ledger', '/shortages']) {
      const page = await world.open(path, { theme: 'dark', width: 390, height: 844 })
      await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined)
      await expectAccessible(page)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(wide, path).toBeLessThanOrEqual(0)
      await page.context().close()
    }
  })
}
