import { test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('lost demand says what it is while nothing was lost, and is asked for by day', async () => {
    const page = await world.open('/lost-demand?from=2020-01-01&to=2020-01-02')
    await page.getByText('Nothing lost there').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Show all days and SKUs' }).click()
    await page.getByText('Nothing was lost').waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'See what is sold out' }).click()
    await page.getByRole('heading', { level: 1, name: 'Inventory' }).waitFor()
    await page.context().close()
  })
}
