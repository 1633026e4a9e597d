import { test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

/** What a browser would do with it, if a page wrote it as HTML. */
const name = '<img src=x onerror=alert(1)>'

export const journeys = (world: World): void => {
  test('a channel is made, its name is only a text, and the archive gives it back', async () => {
    const page = await world.open('/channels')
    await page
      .getByRole('button', { name: /channel/ })
      .first()
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Code').fill('bazaar')
    await dialog.getByLabel('Name').fill(name)
    await dialog.getByLabel('Kind').selectOption('marketplace')
    await dialog.getByRole('button', { name: 'Make channel' }).click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Archive' }).click()
    await page.getByRole('button', { name: 'Bring back' }).waitFor()
    await page.getByRole('button', { name: /^Undo/ }).click()
    await page.getByRole('button', { name: 'Archive' }).waitFor()
    await page.context().close()
  })
}
