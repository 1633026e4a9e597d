import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

const OPTIONS = ['Size', 'Colour', 'Cut']
const VALUES = ['S, M, L', 'Sand, Navy', 'Wide, Slim']

export const journeys = (world: World): void => {
  test('a product with three options: twelve variants from a template, then one row archived', async () => {
    const page = await world.open('/products?new=1')
    const form = page.getByRole('dialog')
    await form.getByLabel('Title').fill('Deck Shirt')
    for (const [at, name] of OPTIONS.entries()) {
      if (at > 0) await form.getByRole('button', { name: 'Add an option' }).click()
      await form.getByLabel(`Option ${at + 1}`).fill(name)
    }
    await expectAccessible(page)
    await form.getByRole('button', { name: 'Make a product' }).click()
    await page.getByRole('heading', { level: 1, name: 'Deck Shirt' }).waitFor()
    await page.getByRole('button', { name: 'Generate combinations' }).first().click()
    const dialog = page.getByRole('dialog')
    for (const [at, name] of OPTIONS.entries()) {
      await dialog.getByLabel(name, { exact: true }).fill(VALUES[at] ?? '')
    }
    await dialog.getByText('12 variants will be made').waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Make 12 variants' }).click()
    await page.getByText('12 variants made').waitFor()
    await page.getByRole('button', { name: 'Wide' }).click()
    await page.getByRole('link', { name: 'M · Navy · Wide: 0 available' }).waitFor()
    await page.getByRole('button', { name: 'Slim' }).click()
    await page.getByRole('link', { name: 'M · Navy · Slim: 0 available' }).waitFor()
    await page.getByTitle('Select all M').click()
    await page.getByText('2 variants chosen').waitFor()
    await page.getByRole('button', { name: 'Archive', exact: true }).last().click()
    await page.getByText('2 variants changed').waitFor()
    await page.getByRole('link', { name: 'M · Navy · Slim: archived' }).waitFor()
    await expectAccessible(page)
    const variants = await world.holdfast.variants.list({ product: 'deck-shirt', limit: 50 })
    expect(variants.ok && variants.data.length).toBe(10)
    await page.context().close()
  })
}
