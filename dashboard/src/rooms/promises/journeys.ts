import { test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('promises are seen by day, with what they rest on; the queue in its order', async () => {
    const page = await world.open('/promises')
    await page.getByRole('row').filter({ hasText: 'DEMO-WAIT-1' }).first().waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Who waits' }).click()
    await page.getByRole('row').filter({ hasText: 'DEMO-WAIT-1' }).getByText('next').waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'DEMO-WAIT-2' }).click()
    await page.getByRole('heading', { name: 'Notices' }).waitFor()
    await expectAccessible(page)
    await page.context().close()
  })
}
