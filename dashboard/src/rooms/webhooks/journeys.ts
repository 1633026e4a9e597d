import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('an endpoint has a secret once, fails honestly, and is paused and goes on', async () => {
    const page = await world.open('/webhooks?new=1')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Address').fill('https://127.0.0.1:9/hooks')
    await dialog.getByLabel('For people').fill('Warehouse')
    await dialog.getByRole('button', { name: 'Make endpoint' }).click()
    const secret = await dialog.getByLabel('Secret', { exact: true }).innerText()
    expect(secret).toMatch(/^whsec_/)
    await dialog.getByRole('button', { name: 'I have it' }).click()
    await page.getByRole('heading', { level: 1, name: 'Warehouse' }).waitFor()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText('A test is on its way').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'More' }).last().click()
    await page.getByRole('menuitem', { name: 'Pause' }).click()
    await page.getByText('Nothing is sent to this endpoint').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('Nothing is sent to this endpoint').waitFor({ state: 'detached' })
    await page.context().close()
  })
}
