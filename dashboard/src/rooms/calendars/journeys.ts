import { test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('a calendar is made, has a holiday, and a location works by it', async () => {
    const page = await world.open('/calendars?new=1')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Code').fill('no')
    await dialog.getByLabel('Name').fill('Norway')
    await dialog.getByRole('button', { name: 'Make calendar' }).click()
    await page.getByRole('heading', { level: 1, name: 'Norway' }).waitFor()
    await page.goto(`${world.url}/calendars/no?year=2027`)
    await page.getByLabel('Day').fill('2027-05-17')
    await page.getByLabel('Name').fill('Constitution Day')
    await page.getByRole('button', { name: 'Add holiday' }).click()
    await page.getByRole('img', { name: /^May, 17 Constitution Day/ }).waitFor()
    await page.getByLabel('Let a location work by it').selectOption('hamburg')
    await page.getByLabel('Cut-off').fill('14:00')
    await page.getByRole('button', { name: 'Assign' }).click()
    await page.getByText('orders before 14:00 ship the same day').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('alert').getByText('calendar_in_use').waitFor()
    await page.context().close()
  })
}
