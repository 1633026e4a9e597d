import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'tsdown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Serving, serve } from '../src/server/serve.ts'
import { builtAssets, eventually, hasBrowser, launchBrowser, unlessRun } from '../test/browser.ts'
import { freshDatabase } from '../test/database.ts'
import { root } from '../test/houseFiles.ts'
import { stock } from '../test/shop.ts'
import { type StorefrontPages, storefrontPages } from '../test/storefrontPages.ts'

// The two pages as they stand in the examples, but for the address and the key.

const { holdfast, url: databaseUrl } = await freshDatabase()
const here = (path: string) => join(root, 'examples', path)
let server: Serving
let pages: StorefrontPages
let browser: Browser
let page: Page
let ours: (text: string) => string

/** The React example as a bundler makes it. */
const bundled = async (): Promise<string> => {
  const [bundle] = await build({
    ...{ config: false, write: false, clean: false, dts: false, logLevel: 'silent' },
    ...{ entry: here('react/main.tsx'), format: 'esm', platform: 'browser' },
    define: { 'process.env.NODE_ENV': '"production"' },
    deps: { alwaysBundle: [/./] },
    inputOptions: { resolve: { conditionNames: ['source', 'import', 'browser', 'default'] } },
  })
  const chunk = bundle?.chunks.find(each => each.type === 'chunk')
  return chunk?.type === 'chunk' ? chunk.code : ''
}

beforeAll(async () => {
  if (!hasBrowser) return
  await stock(holdfast, {
    'HARBOUR-TEE-S-NAVY': { berlin: 0 },
    'HARBOUR-TEE-M-NAVY': { berlin: 2 },
    'HARBOUR-TEE-L-NAVY': { berlin: 9 },
  })
  server = await serve({ connectionString: databaseUrl, port: 0, events: {} })
  const script = readFileSync(join(await builtAssets(), 'element.js'), 'utf8')
  pages = await storefrontPages(server.url, { '/element.js': script })
  const made = await holdfast.publishableKeys.create({ name: 'p', origins: [pages.url] })
  if (!made.ok) throw new Error(made.refusal.code)
  const { key } = made
  ours = text => text.replaceAll('http://127.0.0.1:4646', pages.url).replaceAll('hf_pub_…', key)
  const read = (path: string) => ours(readFileSync(here(path), 'utf8'))
  const javascript = { 'content-type': 'text/javascript; charset=utf-8' }
  pages.put('/plain/', read('plain-html/index.html'))
  pages.put('/plain/shop.js', read('plain-html/shop.js'), javascript)
  pages.put('/react/', read('react/index.html').replace('/main.tsx', '/react/main.js'))
  pages.put('/react/main.js', ours(await bundled()), javascript)
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await pages?.close()
  await server?.close()
})

const shows = (text: string | RegExp) =>
  eventually(() => page.locator('holdfast-stock [part=text]').innerText()).toMatch(text)

test.skipIf(!hasBrowser).each([
  ['plain', () => page.selectOption('select', { label: 'S' })],
  ['react', () => page.getByLabel('S', { exact: true }).check()],
] as const)(
  `the example %s shows stock, holds, and refuses with facts${unlessRun}`,
  async (name, chooseS) => {
    const context = await browser.newContext()
    page = await context.newPage()
    const wrong: string[] = []
    page.on('pageerror', error => wrong.push(String(error)))
    page.on('console', line => line.type() === 'error' && wrong.push(line.text()))
    await page.goto(`${pages.url}/${name}/`)
    await shows('Only 2 left')
    const add = page.getByRole('button', { name: 'Add to cart' })
    await add.click()
    await shows(/^Held for you\s+(30:00|29:\d\d) left$/)
    expect(await page.getByRole('status').first().innerText()).toBe('Held for you.')
    await add.click()
    await eventually(() => page.locator('output').innerText()).toBe('2')
    expect(wrong).toEqual([])
    await add.click()
    await eventually(() => page.getByText(/^\d more are free\.$/).innerText()).toBe(
      '0 more are free.',
    )
    expect(await page.locator('output').innerText()).toBe('2')
    await chooseS()
    await shows('Sold out')
    expect(await add.isDisabled()).toBe(true)
    const cart = await holdfast.reservations({ state: 'held', limit: 1 })
    const [hold] = cart.ok ? cart.data : []
    expect(hold?.lines).toMatchObject([{ sku: 'HARBOUR-TEE-M-NAVY', quantity: 2, held: 2 }])
    await holdfast.release({ reservation_id: hold?.reservation_id ?? '' })
    await context.close()
  },
)
