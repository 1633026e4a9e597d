import { test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

const parts = ['HARBOUR-TEE-M-NAVY', 'BAROMETER'] as const

export const journeys = (world: World): void => {
  test('a kit is made of two SKUs, is built and broken down; a circle is refused', async () => {
    await world.holdfast.skus.create({ code: 'GIFT-BOX' })
    const page = await world.open('/kits?new=1')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('SKU of the kit').fill('GIFT-BOX')
    await dialog.getByLabel('Component', { exact: true }).nth(0).fill(parts[0])
    await dialog.getByLabel('Component', { exact: true }).nth(1).fill('GIFT-BOX')
    await dialog.getByRole('button', { name: 'Save kit' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByLabel('Component', { exact: true }).nth(1).fill(parts[1])
    await dialog.getByLabel('Kind').selectOption('assembled')
    await dialog.getByRole('button', { name: 'Save kit' }).click()
    await page.getByRole('heading', { level: 1, name: 'GIFT-BOX' }).waitFor()
    await page.getByRole('link', { name: parts[1] }).first().waitFor()
    await page.getByLabel('At').selectOption('hamburg')
    await page.getByRole('button', { name: 'Build' }).click()
    await page.getByText('Built 1 of GIFT-BOX at Hamburg warehouse').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: /^Undo/ }).click()
    await page.context().close()
  })
}
