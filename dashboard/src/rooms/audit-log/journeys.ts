import { test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('the audit log says who made a channel, and with which words', async () => {
    await world.holdfast.channels.create({ code: 'audited', name: '<b>Audited</b>' })
    const page = await world.open('/audit-log?action=create_channel')
    await page.getByRole('row').filter({ hasText: '<b>Audited</b>' }).click()
    await page.getByRole('dialog').getByText('"code": "audited"').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByLabel('What was done').selectOption('archive_location')
    await page.getByText('Nothing of that kind').waitFor()
    await page.context().close()
  })
}
