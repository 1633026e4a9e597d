import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

const SKU = 'HARBOUR-TEE-M-NAVY'
const HOSTILE = '"><img src=x onerror=window.__hacked=1>=cmd()'

const onHand = async ({ holdfast }: World, sku = SKU, location = 'hamburg'): Promise<number> => {
  const page = await holdfast.levels({ sku, location })
  return page.ok ? (page.data[0]?.on_hand ?? -1) : -1
}

const ask = (path: string) => `/inventory?q=${SKU}&location=hamburg${path}`

export const journeys = (world: World): void => {
  test('a quantity is adjusted with a reason, and taken back', async () => {
    const before = await onHand(world)
    const page = await world.open(ask(''))
    await page.locator('.cell').first().click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Units, + or −').fill('-3')
    await form.getByLabel('Reason').fill('Damaged')
    await form.getByText('Promised to buyers').waitFor()
    await expectAccessible(page)
    await form.getByRole('button', { name: 'Remove 3' }).click()
    await page.getByText(`on hand ${before} → ${before - 3}`).waitFor()
    expect(await onHand(world)).toBe(before - 3)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Taken back by an opposite movement').waitFor()
    expect(await onHand(world)).toBe(before)
    await page.context().close()
  })

  test('two people: one sees the other’s change, and who was slower is told', async () => {
    const [first, second] = [await world.open(ask('')), await world.open(ask(''))]
    const before = await onHand(world)
    for (const page of [first, second]) {
      await page.locator('.cell').first().click()
      await page.getByRole('button', { name: 'Set to', exact: true }).click()
      await page.getByLabel('Counted units').fill(String(before + (page === first ? 5 : 7)))
      await page.getByLabel('Reason').fill('Count')
    }
    await first.getByRole('button', { name: /^Set to \d/ }).click()
    await first.getByText(`→ ${before + 5}`).waitFor()
    await second.getByRole('button', { name: /^Set to \d/ }).click()
    await second.getByText('Somebody was faster').waitFor()
    await second
      .getByText(`It was ${before} when you opened this, and is ${before + 5} now.`)
      .waitFor()
    await second.getByRole('button', { name: `Apply to ${before + 5}` }).click()
    await second.getByText(`on hand ${before + 5} → ${before + 7}`).waitFor()
    expect(await onHand(world)).toBe(before + 7)
    // the first page hears of it without being touched
    await first
      .getByRole('gridcell', { name: String(before + 7), exact: true })
      .first()
      .waitFor()
    await Promise.all([first, second].map(page => page.context().close()))
  })

  test('sorts and filters on the server, and says when nothing matches', async () => {
    const page = await world.open('/inventory')
    await page.getByRole('button', { name: 'Available', exact: true }).click()
    await page.waitForURL(/sort=available/)
    await page.getByRole('searchbox').fill('nothing like it')
    await page.getByText('Nothing matches').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByRole('row').nth(3).waitFor()
    await expectAccessible(page)
    await page.context().close()
  })

  test('many are adjusted together, each on its own, and taken back', async () => {
    const page = await world.open('/inventory?q=HARBOUR-TEE&location=hamburg')
    await page.getByRole('row').nth(2).waitFor()
    const before = await onHand(world)
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).click()
    await page.getByRole('button', { name: 'Adjust', exact: true }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Each by').fill('2')
    await form.getByLabel('Reason').fill('found')
    await form.getByRole('button', { name: 'Add 2' }).click()
    await page.getByText(/levels changed/).waitFor()
    expect(await onHand(world)).toBe(before + 2)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Taken back by an opposite movement').waitFor()
    expect(await onHand(world)).toBe(before)
    await page.context().close()
  })

  test('a file is mapped, looked at cell by cell, imported, and its rejects handed out', async () => {
    const csv = [
      'Article;Warehouse;Count',
      'IMPORT-1;hamburg;12',
      'IMPORT-2;hamburg;many',
      ';hamburg;3',
      'IMPORT-1;hamburg;4',
    ].join('\n')
    const page = await world.open('/inventory/import')
    const file = { name: `${HOSTILE}.csv`, mimeType: 'text/csv', buffer: Buffer.from(csv) }
    await page.locator('input[type=file]').setInputFiles(file)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('1 row is good').waitFor()
    await page.getByText('3 rows will be left out').waitFor()
    await page.getByText('No whole number').waitFor()
    await page.getByText('The same SKU and location as in row 2').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Import 1 row' }).click()
    await page.getByText('1 row imported').waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the rejected rows' }).click()
    const text = await (await (await download).createReadStream()).toArray()
    expect(Buffer.concat(text).toString()).toContain('on_hand: No whole number')
    expect(await onHand(world, 'IMPORT-1')).toBe(12)
    await page.context().close()
  })

  test('what people write is text, in a page as in a file', async () => {
    const { holdfast } = world
    await holdfast.products.create({ handle: 'hostile', title: HOSTILE, option_names: [HOSTILE] })
    const made = { product: 'hostile', sku: HOSTILE, option_values: [HOSTILE] }
    await holdfast.variants.create(made)
    const line = { sku: HOSTILE, location: 'hamburg', quantity: 3 }
    await holdfast.receive({ lines: [line], document: HOSTILE, reason: HOSTILE })
    await holdfast.reserve({
      lines: [{ ...line, quantity: 1 }],
      buyer: HOSTILE,
      tags: [HOSTILE.slice(0, 60)],
    })
    const name = encodeURIComponent(HOSTILE)
    for (const path of [
      `/inventory?q=${name}`,
      `/skus/${name}`,
      '/products/hostile',
      '/reservations',
      '/',
      '/ledger',
    ]) {
      const page = await world.open(path)
      await page.getByText('onerror=window.__hacked').first().waitFor()
      expect(await page.evaluate(() => '__hacked' in window)).toBe(false)
      await page.context().close()
    }
    const page = await world.open(`/inventory?q=${name}`)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    const text = await (await (await download).createReadStream()).toArray()
    expect(Buffer.concat(text).toString()).toContain('""><img')
    await page.context().close()
  })

  test('a viewer changes nothing', async () => {
    const page = await world.open(ask(''), { role: 'viewer' })
    await page.getByRole('row').nth(1).waitFor()
    expect(await page.locator('.cell').count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Import' }).count()).toBe(0)
    await page.context().close()
  })
}
