import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

const sku = 'HARBOUR-TEE-M-NAVY'

export const journeys = (world: World): void => {
  test('a rule says before what it changes, and the chain names it as the winner', async () => {
    const page = await world.open(`/policies/new?sku=${sku}`)
    await page.getByLabel('Sold beyond stock').selectOption('allow')
    await page.getByLabel('Most units backordered at a level').fill('5')
    const preview = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'What changes' }) })
    await preview.getByText('5 units').waitFor()
    await preview.getByText('Yes', { exact: true }).waitFor()
    await page.getByLabel('Ships in business days, at least').fill('9')
    await preview.getByText('lead_days', { exact: false }).first().waitFor() // half of a pair
    await page.getByLabel('Ships in business days, at most').fill('12')
    await preview.getByText('12 days').waitFor()
    await page.getByRole('button', { name: 'Save rule' }).click()
    await page.getByText(`Saved the rule about SKU ${sku}`).waitFor()
    await page.getByRole('row').filter({ hasText: sku }).waitFor()
    await expectAccessible(page)
    await page.goto(`${world.url}/policies/explain?sku=${sku}`)
    const row = page.getByRole('row').filter({ hasText: 'Sold beyond stock' })
    await row.getByRole('link', { name: /^rule \d+$/ }).click()
    await page.getByRole('heading', { name: 'History' }).waitFor()
    await page.getByRole('button', { name: 'Clear rule' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Clear rule' }).click()
    await page.getByText(`Cleared the rule about SKU ${sku}`).waitFor()
    const { data } = await world.holdfast.policies.list({ sku }).then(answer => {
      if (!answer.ok) throw new Error(answer.refusal.code)
      return answer
    })
    expect(data).toEqual([])
    await page.context().close()
  })
}
