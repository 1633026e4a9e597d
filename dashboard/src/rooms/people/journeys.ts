import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('somebody is asked in by a link that is shown once, changed, and shown out', async () => {
    const page = await world.open('/people?new=1')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('E-mail').fill('ines@shop.example')
    await dialog.getByLabel('Name').fill('Ines')
    await dialog.getByLabel('Role').selectOption('stock_keeper')
    await dialog.getByRole('button', { name: 'Make link' }).click()
    const link = await dialog.getByLabel('Link', { exact: true }).innerText()
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/join#hf_link_/)
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'I have sent it' }).click()
    await page
      .getByRole('row')
      .filter({ hasText: 'ines@shop.example' })
      .getByText('Invited')
      .waitFor()
    await page.getByRole('link', { name: 'Ines' }).click()
    await page.getByRole('heading', { level: 1, name: 'Ines' }).waitFor() // the list has roles too
    await page.getByLabel('Role').selectOption('viewer')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved Ines').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('Removed Ines').waitFor()
    await page.context().close()
  })
}
