import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

const SKU = 'HARBOUR-TEE-M-NAVY'
const ORDER = 'ORDER-IN-PARTS'
const PDF = Buffer.from('%PDF-')

const sheetsOf = (pdf: Buffer): number =>
  (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length

const ordered = async ({ holdfast }: World): Promise<string> => {
  const lines = [{ sku: SKU, location: 'hamburg', quantity: 3 }]
  const hold = await holdfast.reserve({ lines, buyer: 'buyer-in-parts' })
  if (!hold.ok) throw new Error(hold.refusal.code)
  await holdfast.commit({ reservation_id: hold.reservation_id, order_reference: ORDER })
  return hold.reservation_id
}

export const journeys = (world: World): void => {
  test('an order leaves in parts, and one unit comes back damaged', async () => {
    const id = await ordered(world)
    const page = await world.open('/orders')
    await page.getByRole('searchbox').fill(ORDER)
    await page.getByRole('link', { name: ORDER }).click()
    await page.getByLabel(`Units now ${SKU}`).fill('2')
    await page.getByLabel('Shipment or tracking number').fill('DHL-1')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Ship 2 units' }).click()
    await page.getByText(`2 units of ${ORDER} shipped`).waitFor()
    await page.getByText('To ship 1', { exact: true }).waitFor()
    const back = page.locator('section').filter({ hasText: 'What comes back' })
    await back.getByLabel(`Units now ${SKU}`).fill('1')
    await back.getByLabel('State of the goods').selectOption('damaged')
    await back.getByRole('button', { name: 'Take back 1 unit' }).click()
    await page.getByText(`1 unit of ${ORDER} taken back`).waitFor()
    const found = await world.holdfast.reservation({ reservation_id: id })
    expect(found).toMatchObject({ lines: [{ committed: 1, fulfilled: 2, returned: 1 }] })
    await page.context().close()
  })

  test('pick list and packing slip are paper: barcodes, nothing else, and a PDF of both sizes', async () => {
    const page = await world.open('/orders')
    await page.getByRole('row').nth(2).getByRole('checkbox').click()
    await page.getByRole('row').nth(3).getByRole('checkbox').click()
    await page.getByRole('link', { name: 'Pick list' }).click()
    await page.locator('img.barcode').first().waitFor()
    await expectAccessible(page)
    for (const format of ['A4', 'Letter']) {
      const pdf = await page.pdf({ format })
      expect(pdf.subarray(0, PDF.length).equals(PDF)).toBe(true)
      expect(sheetsOf(pdf)).toBe(1) // and no empty one behind it
    }
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('navigation').first().isVisible()).toBe(false)
    await page.emulateMedia({ media: 'screen' })
    await page.goBack()
    await page.getByRole('row').nth(2).getByRole('checkbox').click()
    await page.getByRole('link', { name: 'Packing slips' }).click()
    await page.getByRole('heading', { name: 'Packing slip', exact: true }).waitFor()
    await page.locator('img.barcode').nth(1).waitFor()
    const slips = await page.locator('.sheet-print').count()
    expect(sheetsOf(await page.pdf({ format: 'A4' }))).toBe(slips)
    await page.context().close()
  })
}
