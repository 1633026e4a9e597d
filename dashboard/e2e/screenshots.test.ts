import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Look, openWorld, type World } from './world.ts'

// Made by command (npm run screenshots --workspace dashboard), in both themes, both languages, on a
// desk and on a phone, so that the documents never show what is no more.

const folder = fileURLToPath(new URL('../../docs/images/dashboard/', import.meta.url))
const SKU = 'HARBOUR-TEE-M-NAVY'

const pages: [string, string][] = [
  ['overview', '/'],
  ['inventory', '/inventory'],
  ['sku', `/skus/${SKU}`],
  ['product', '/products/harbour-tee'],
  ['reservations', '/reservations'],
  ['orders', '/orders'],
  ['shortages', '/shortages'],
  ['import', '/inventory/import'],
]

const looks: [string, Look][] = [
  ['', { theme: 'light' }],
  ['-dark', { theme: 'dark' }],
  ['-zh-dark', { theme: 'dark', language: 'zh' }],
  ['-zh', { theme: 'light', language: 'zh' }],
  ['-390', { theme: 'light', width: 390, height: 844 }],
  ['-390-zh-dark', { theme: 'dark', language: 'zh', width: 390, height: 844 }],
]

/** Something of everything: carts, a shortage, a damaged unit. */
const enliven = async ({ holdfast }: World): Promise<void> => {
  const location = 'hamburg'
  const line = { sku: SKU, location }
  await holdfast.reserve({ lines: [{ ...line, quantity: 2 }], buyer: 'cart-71c0' })
  await holdfast.reserve({
    lines: [{ ...line, quantity: 1 }],
    buyer: 'cart-9f2e',
    hold_seconds: 240,
  })
  await holdfast.move({
    lines: [{ ...line, quantity: 3, from: 'available', to: 'damaged' }],
    reason: 'water',
  })
  const short = { sku: 'HARBOUR-TEE-L-NAVY', location }
  const sold = { lines: [{ ...short, quantity: 5 }], order_reference: 'TILL-7-0815' }
  await holdfast.recordSale(sold)
  await holdfast.set({ lines: [{ ...short, quantity: 2 }], reason: 'count' })
}

describe.runIf(process.env['HOLDFAST_SCREENSHOTS'])('screenshots', async () => {
  const world = process.env['HOLDFAST_SCREENSHOTS'] ? await openWorld() : undefined
  const wanted = process.env['HOLDFAST_SCREENSHOTS']
  test.each(looks)('every main page%s', async (suffix, look) => {
    if (world === undefined) return
    if (suffix === '') await enliven(world)
    mkdirSync(folder, { recursive: true })
    const page = await world.open('/', look)
    for (const [name, path] of pages) {
      if (wanted !== '1' && !`${name}${suffix}`.includes(wanted ?? '')) continue
      await page.goto(`${world.url}${path}`)
      await page.locator('main h1').first().waitFor()
      await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined)
      await page.waitForTimeout(400)
      await page.screenshot({ path: `${folder}${name}${suffix}.png` })
    }
    await page.context().close()
    expect(world.complaints()).toEqual([])
  })
})
