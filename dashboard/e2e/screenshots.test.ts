import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { type Look, openWorld, type World } from './world.ts'

// Made by command (npm run screenshots --workspace dashboard): every page in both themes, both
// languages, on a desk and on a phone, to be looked at; and the few that the documents show.

const folder = fileURLToPath(new URL('../../dist/screenshots/', import.meta.url))
const images = fileURLToPath(new URL('../../docs/images/', import.meta.url))
const IMAGE_BYTES_MAX = 150_000
const WEBP_QUALITY = 0.86
const SKU = 'HARBOUR-TEE-M-NAVY'

const pages: [string, string][] = [
  ['overview', '/'],
  ['inventory', '/inventory'],
  ['unprotected', '/inventory/unprotected'],
  ['import', '/inventory/import'],
  ['sku', `/skus/${SKU}`],
  ['products', '/products'],
  ['product', '/products/harbour-tee'],
  ['reservations', '/reservations'],
  ['explain', '/reservations?explain=1'],
  ['orders', '/orders'],
  ['shortages', '/shortages'],
  ['promises', '/promises'],
  ['supply', '/supply'],
  ['kits', '/kits'],
  ['calendars', '/calendars'],
  ['channels', '/channels'],
  ['policies', '/policies'],
  ['policy', `/policies/new?sku=${SKU}`],
  ['explain-policy', `/policies/explain?sku=${SKU}`],
  ['lost-demand', '/lost-demand'],
  ['ledger', '/ledger'],
  ['webhooks', '/webhooks'],
  ['mails', '/mails'],
  ['mail', '/mails/preview'],
  ['keys', '/keys'],
  ['publishable', '/keys/publishable'],
  ['people', '/people'],
  ['sessions', '/sessions'],
  ['audit-log', '/audit-log'],
  ['settings', '/settings'],
  ['system', '/system'],
  ['nowhere', '/no/such/page'],
]

const looks: [string, Look][] = [
  ['', { theme: 'light' }],
  ['-dark', { theme: 'dark' }],
  ['-zh-dark', { theme: 'dark', language: 'zh' }],
  ['-zh', { theme: 'light', language: 'zh' }],
  ['-390', { theme: 'light', width: 390, height: 844 }],
  ['-390-zh-dark', { theme: 'dark', language: 'zh', width: 390, height: 844 }],
]

/** Something of everything: carts, a shortage, a damaged unit, an endpoint; answers when. */
const enliven = async ({ holdfast }: World): Promise<string> => {
  const before = new Date().toISOString()
  const location = 'hamburg'
  const line = { sku: SKU, location }
  const cart = { lines: [{ ...line, quantity: 1 }], buyer: 'cart-9f2e' }
  await holdfast.reserve({ lines: [{ ...line, quantity: 2 }], buyer: 'cart-71c0' })
  await holdfast.reserve({ ...cart, hold_seconds: 240 })
  const damaged = { ...line, quantity: 3, from: 'available', to: 'damaged' } as const
  await holdfast.move({ lines: [damaged], reason: 'water damage' })
  await holdfast.receive({ lines: [{ ...line, quantity: 24 }], document: 'PO-1181' })
  const short = { sku: 'HARBOUR-TEE-L-NAVY', location }
  const lines = [{ ...short, quantity: 5 }]
  await holdfast.recordSale({ lines, order_reference: 'TILL-7-0815' })
  await holdfast.set({ lines: [{ ...short, quantity: 2 }], reason: 'cycle count' })
  await holdfast.channels.create({ code: 'web', name: 'Web shop', kind: 'web' })
  const rules = [{ sku: SKU, fields: { safety_stock: 2 } }]
  await holdfast.policies.set({ rules })
  await holdfast.webhooks.create({ url: 'https://hooks.shop.example/stock' })
  return before
}

/** Until nothing is asked or drawn any more. */
const settle = async (page: Page): Promise<void> => {
  await page.locator('main h1, h1').first().waitFor()
  await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined)
  await page.locator('.skeleton').first().waitFor({ state: 'detached' })
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
}

const only = process.env['HOLDFAST_SCREENSHOTS'] ?? ''
const isWanted = (name: string): boolean => only === '1' || name.includes(only)

/** The picture as WebP, made by the browser itself: a third of the PNG. */
const webpOf = async (page: Page): Promise<Buffer> => {
  const png = (await page.screenshot({ animations: 'disabled' })).toString('base64')
  const blank = await page.context().newPage()
  const url = await blank.evaluate(
    async ([data, quality]) => {
      const picture = new Image()
      picture.src = `data:image/png;base64,${data}`
      await picture.decode()
      const canvas = document.createElement('canvas')
      canvas.width = picture.width
      canvas.height = picture.height
      canvas.getContext('2d')?.drawImage(picture, 0, 0)
      return canvas.toDataURL('image/webp', quality)
    },
    [png, WEBP_QUALITY] as const,
  )
  await blank.close()
  return Buffer.from(url.replace(/^data:image\/webp;base64,/, ''), 'base64')
}

const keep = async (name: string, page: Page): Promise<void> => {
  const picture = await webpOf(page)
  writeFileSync(`${images}${name}.webp`, picture)
  console.log(`docs/images/${name}.webp ${picture.length} bytes`)
  expect(picture.length, name).toBeLessThan(IMAGE_BYTES_MAX)
}

const documented = async (world: World, before: string): Promise<void> => {
  const page = await world.open('/', { theme: 'light', width: 1280, height: 820 })
  for (const [name, path] of [
    ['overview', '/'],
    ['inventory', '/inventory'],
    ['sku', `/skus/${SKU}?as_of=${before}&compare=now`],
    ['shortages', '/shortages'],
  ] as const) {
    await page.goto(`${world.url}${path}`)
    await settle(page)
    await keep(name, page)
  }
  await page.goto(`${world.url}/demo/store/en/products/barometer`)
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByText('Held for you').first().waitFor()
  await keep('store', page)
  await page.context().close()
}

describe.runIf(only !== '')('screenshots', async () => {
  const world = only === '' ? undefined : await openWorld()
  let before = ''
  test('the shop is lively', async () => {
    if (world === undefined) return
    before = await enliven(world)
    if (only === '1') rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    mkdirSync(images, { recursive: true })
  })

  test.each(looks)('every page%s', async (suffix, look) => {
    const wanted = pages.filter(([name]) => isWanted(`${name}${suffix}`))
    if (world === undefined || wanted.length === 0) return
    const page = await world.open('/', look)
    for (const [name, path] of wanted) {
      await page.goto(`${world.url}${path}`)
      await settle(page)
      await page.screenshot({ path: `${folder}${name}${suffix}.png`, animations: 'disabled' })
    }
    await page.context().close()
    expect(world.complaints()).toEqual([])
  })

  test('what the documents show is made anew', async () => {
    if (world === undefined || !(only === '1' || only === 'documents')) return
    await documented(world, before)
    for (const name of readdirSync(images)) {
      expect(statSync(`${images}${name}`).size, name).toBeLessThan(IMAGE_BYTES_MAX)
    }
    expect(world.complaints()).toEqual([])
  })
})
