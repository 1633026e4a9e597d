import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  builtAssets,
  eventually,
  hasBrowser,
  launchBrowser,
  unlessRun,
} from '../../../../test/browser.ts'
import { freshDatabase } from '../../../../test/database.ts'
import { shiftClock } from '../../../../test/shop.ts'
import { serve } from '../../../server/serve.ts'
import { seedDemo } from '../../seed.ts'
import { storeKey } from '../storeKey.ts'

const { holdfast, url: databaseUrl } = await freshDatabase()
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let key: string | undefined
let close: () => Promise<void>
let url: string
let browser: Browser
let context: BrowserContext
let page: Page
let wrong: string[]

beforeAll(async () => {
  if (!hasBrowser) return
  await seedDemo(holdfast)
  const server = await serve({
    ...{ connectionString: databaseUrl, port: 0, events: {} },
    ...{ store: () => key, assets: await builtAssets() },
  })
  url = server.url
  close = server.close
  key = await storeKey(holdfast, url)
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await close?.()
})

beforeEach(async () => {
  if (!hasBrowser) return
  context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  page = await context.newPage()
  wrong = []
  page.on('pageerror', error => wrong.push(String(error)))
  page.on('console', line => {
    if (line.type() === 'error' && !line.text().includes('409')) wrong.push(line.text())
  })
  return async () => {
    await context.close()
    expect(wrong).toEqual([]) // a breach of the policy would stand here too
  }
})

const stockText = () => page.locator('main holdfast-stock [part=text]').first().innerText()

/** No page scrolls sideways, and axe has nothing to say. */
const expectFit = async () => {
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return scrollWidth - clientWidth
  })
  expect(wide).toBe(0)
  await page.evaluate(axe)
  const violations = await page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: object[] }[] }> }
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    return (await run.run({ runOnly: tags })).violations.map(
      ({ id, nodes }) => `${id} ${nodes.length}`,
    )
  })
  expect(violations).toEqual([])
}

describe.skipIf(!hasBrowser)(`the demo store in a browser${unlessRun}`, () => {
  test('a shopper finds, chooses, holds, changes their mind, and orders', async () => {
    await page.goto(`${url}/demo/store/en`)
    await expectFit()
    await page.getByRole('link', { name: /Barometer/ }).click()
    await eventually(stockText).toBe('Only 3 left')
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await eventually(stockText).toMatch(/^Held for you\s+\d+:\d\d left$/)
    await page.getByRole('button', { name: 'Add one more' }).click()
    await eventually(() => page.locator('[data-count]').innerText()).toBe('2')
    await expectFit()

    await page.goto(`${url}/demo/store/en/products/harbour-tee`)
    await page.getByText('Sand').click()
    await page.getByText('L', { exact: true }).click()
    expect(await page.locator('main holdfast-stock').getAttribute('sku')).toBe('HARBOUR-TEE-L-SAND')
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await eventually(() => page.locator('[data-count]').innerText()).toBe('3') // held before we go
    await page.getByRole('link', { name: /^Cart/ }).click()
    await eventually(() => page.locator('[data-hold]').innerText()).toMatch(/left · Held for you/)
    await expectFit()
    await page.getByRole('button', { name: 'One more: Barometer' }).click()
    await eventually(() => page.locator('[data-count]').innerText()).toBe('4')
    await page.getByRole('button', { name: 'One more: Barometer' }).click()
    await eventually(() => page.locator('[data-message]').innerText()).toMatch(
      /the cart has stayed/,
    )
    await page.getByRole('button', { name: 'Take out: Harbour Tee' }).click()
    await eventually(() => page.locator('[data-count]').innerText()).toBe('3')
    await page.getByRole('button', { name: 'Place the order' }).click()
    await page.waitForURL(/orders\/D-/)
    const reference = /D-\w+$/.exec(page.url())?.[0] ?? ''
    expect(await page.locator('h1').innerText()).toContain(reference)
    await expectFit()
    const found = await holdfast.reservations({ order_reference: reference })
    const barometers = expect.objectContaining({ sku: 'BAROMETER', committed: 3 })
    expect(found).toMatchObject({
      data: [{ state: 'committed', lines: expect.arrayContaining([barometers]) }],
    })
    expect(await page.locator('[data-count]').isHidden()).toBe(true)
  })

  test('in Chinese: a hold ends before the shopper orders, and can be taken again', async () => {
    await page.goto(`${url}/demo/store/zh/products/enamel-mug`)
    await page.getByRole('button', { name: '加入购物车' }).click()
    await eventually(stockText).toMatch(/^已为你保留\s+剩余 \d+:\d\d$/)
    await page.getByRole('link', { name: /^购物车/ }).click()
    await eventually(() => page.locator('[data-hold]').innerText()).toMatch(/^剩余/)
    await shiftClock(databaseUrl, '31 minutes')
    await page.reload()
    await eventually(() => page.locator('main').innerText()).toContain('搪瓷杯')
    await eventually(() => page.locator('[data-hold]').innerText()).toContain('保留已到期')
    await page.getByRole('button', { name: '重新保留' }).click()
    await eventually(() => page.locator('[data-hold]').innerText()).toMatch(/^剩余/)
    await page.getByRole('button', { name: '全部放弃' }).click()
    await eventually(() => page.locator('main').innerText()).toContain('购物车是空的')
    await page.getByRole('link', { name: 'English' }).click()
    await eventually(() => page.locator('main').innerText()).toContain('Your cart is empty')
    await expectFit()
    await shiftClock(databaseUrl, '0')
  })

  test('what is not there yet is told with its dates, and ordered ahead', async () => {
    await page.goto(`${url}/demo/store/en/products/hammock`)
    await page.getByText('Stripe').click()
    await eventually(stockText).toBe('Ships in 7–10 working days')
    await page.getByRole('button', { name: 'Order now' }).click()
    await eventually(stockText).toMatch(/^Held for you/)
    await page.goto(`${url}/demo/store/zh/products/lighthouse-lamp`)
    await eventually(stockText).toMatch(/^预售\s+\d+月\d+日.*发货$/)
    await page.getByRole('button', { name: '立即订购' }).click()
    await eventually(() => page.locator('[data-count]').innerText()).toBe('2')
  })

  test('two shoppers: what one holds the other cannot have, and sees so at once', async () => {
    const path = `${url}/demo/store/en/products/ship-in-a-bottle`
    await page.goto(path)
    await eventually(stockText).toBe('Only 1 left')
    const other = await (await browser.newContext()).newPage()
    await other.goto(path)
    await other.getByRole('button', { name: 'Add to cart' }).click()
    await eventually(stockText).toMatch(/^Sold out\s+One may come free at/)
    expect(await page.getByRole('button', { name: 'Sold out' }).isDisabled()).toBe(true)
    await other.goto(`${url}/demo/store/en/cart`)
    await other.getByRole('button', { name: 'Give everything back' }).click()
    await eventually(stockText).toBe('Only 1 left')
    await other.context().close()
  })
})
