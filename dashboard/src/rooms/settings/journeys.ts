import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('the settings change what a cart is held for, and whom we tell', async () => {
    const page = await world.open('/settings')
    const cart = page.getByLabel('Hold of a cart', { exact: true })
    await cart.fill('20')
    await page.getByRole('button', { name: 'Save' }).first().click()
    await page.getByText('Saved the settings').waitFor()
    const tenant = await world.holdfast.tenants.get({})
    expect(tenant).toMatchObject({ cart_window_seconds: 1_200 })
    await page.getByRole('button', { name: /^Undo/ }).click()
    await page.getByLabel('E-mail').fill('ops@shop.example')
    await page.getByRole('button', { name: 'Tell this person' }).click()
    await page.getByText('ops@shop.example is told now').waitFor()
    await expectAccessible(page)
    await page.context().close()
  })
}
