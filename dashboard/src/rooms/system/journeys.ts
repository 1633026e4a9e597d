import { test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('the system says what doctor says; who is no admin sees only that it serves', async () => {
    const page = await world.open('/system')
    await page.getByText('Every number explains itself').waitFor()
    await page.getByRole('row').filter({ hasText: 'Durability' }).getByText('fsync').waitFor()
    await expectAccessible(page)
    await page.context().close()
    const seller = await world.open('/system', { role: 'seller', theme: 'dark' })
    await seller.getByText('More is seen by an admin').waitFor()
    await seller.getByText('Serves', { exact: true }).waitFor()
    await expectAccessible(seller)
    await seller.context().close()
  })
}
