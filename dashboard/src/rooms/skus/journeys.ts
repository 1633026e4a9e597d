import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

const SKU = 'HARBOUR-TEE-M-NAVY'

const DAY_MS = 86_400_000

const dayIn = (days: number): string =>
  new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)

const onHandOf = async ({ holdfast }: World, sku: string): Promise<number> => {
  const page = await holdfast.levels({ sku })
  return page.ok ? page.data.reduce((sum, level) => sum + level.on_hand, 0) : -1
}

export const journeys = (world: World): void => {
  test('time travel: every number as of an instant, and what has changed since', async () => {
    const before = await onHandOf(world, SKU)
    const instant = new Date().toISOString()
    const lines = [{ sku: SKU, location: 'hamburg', quantity: 4 }]
    await world.holdfast.adjust({ lines, reason: 'found behind the shelf' })
    const page = await world.open(`/skus/${SKU}?as_of=${instant}`)
    const equation = page.getByLabel('How available is made')
    await equation.getByText(String(before), { exact: true }).first().waitFor()
    await page.getByText('the time you look at').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Compare with now' }).click()
    await equation.getByText('+4').first().waitFor()
    await page.getByLabel('As of', { exact: true }).press('End')
    await page.waitForURL(url => !url.search.includes('as_of'))
    await equation
      .getByText(String(before + 4), { exact: true })
      .first()
      .waitFor()
    await page.getByText('found behind the shelf').first().waitFor()
    await page.getByRole('button', { name: 'Show as table' }).click()
    await page.getByRole('columnheader', { name: 'Reserved' }).first().waitFor()
    await expectAccessible(page)
    await page.context().close()
  })

  test('a SKU says what is expected and when, and its numbers open down to movements', async () => {
    const sku = 'COMES-SOON'
    await world.holdfast.skus.create({ code: sku })
    await world.holdfast.receive({ lines: [{ sku, location: 'hamburg', quantity: 5 }] })
    const page = await world.open(`/skus/${sku}`)
    await page.getByText('Nothing is on its way.').waitFor()
    const supply = { code: 'PO-SOON', sku, location: 'hamburg', quantity: 8 }
    await world.holdfast.supply.book({ ...supply, expected_on: dayIn(9) })
    await page.getByRole('link', { name: 'PO-SOON' }).waitFor()
    await page.getByRole('img', { name: '13 on hand are expected', exact: false }).waitFor()
    await page.getByRole('button', { name: 'Show as table' }).click()
    await page.getByRole('columnheader', { name: 'Expected' }).waitFor()
    await page.getByRole('cell', { name: '13', exact: true }).first().waitFor()
    await expectAccessible(page)
    await page.getByTitle(/^On hand, .*open its movements$/).press('Enter')
    await page.waitForURL(/\/ledger\?.*location=hamburg/)
    await page.getByRole('row', { name: /COMES-SOON/ }).waitFor()
    await expectAccessible(page)
    await page.getByTitle('Take this filter away').click()
    await page.waitForURL(url => !url.search.includes('location'))
    await page.context().close()
  })

  test('a SKU is renamed, keeps its former code, has an alias, and is archived and back', async () => {
    await world.holdfast.skus.create({ code: 'OLD-NAME' })
    const page = await world.open('/skus/OLD-NAME')
    await page.getByRole('button', { name: 'More', exact: true }).last().click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.getByLabel('New code').fill('NEW-NAME')
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
    await page.waitForURL(/NEW-NAME/)
    await page.getByText('OLD-NAME', { exact: true }).first().waitFor()
    await page.getByRole('button', { name: 'Add a code' }).click()
    await page.getByLabel('Code', { exact: true }).fill('4006381333931')
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await page.getByText('4006381333931 leads to NEW-NAME now').waitFor()
    await page.getByRole('button', { name: 'More', exact: true }).last().click()
    await page.getByRole('menuitem', { name: 'Archive' }).click()
    await page.getByText('NEW-NAME is archived').waitFor()
    await page.getByRole('button', { name: /^Undo/ }).click()
    await page.getByText('NEW-NAME is back').waitFor()
    const found = await world.holdfast.skus.get({ sku: 'OLD-NAME' })
    expect(found).toMatchObject({ ok: true, code: 'NEW-NAME', archived_at: null })
    await page.context().close()
  })
}
