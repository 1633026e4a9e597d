import { test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('a mail is looked at in both languages; a test stands in the outbox', async () => {
    const page = await world.open('/mails/preview')
    await page.getByRole('button', { name: 'Stock is low' }).click()
    await page.getByRole('document', { name: 'The mail' }).waitFor()
    await page.getByRole('button', { name: 'Chinese' }).click()
    await page.getByRole('heading', { level: 2, name: /[\u4e00-\u9fff]/ }).waitFor()
    await expectAccessible(page)
    await page.goto(`${world.url}/mails?test=1`)
    await page.getByRole('dialog').getByLabel('To').fill('ana@shop.example')
    await page.getByRole('button', { name: 'Send test' }).click()
    const row = page.getByRole('row').filter({ hasText: 'ana@shop.example' })
    await row.getByRole('link', { name: 'Test' }).click()
    await page.getByRole('button', { name: 'Plain text' }).click()
    await expectAccessible(page)
    await page.context().close()
  })
}
