import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Serving, serve } from '../../../src/server/serve.ts'
import {
  builtAssets,
  eventually,
  hasBrowser,
  launchBrowser,
  unlessRun,
} from '../../../test/browser.ts'
import { freshDatabase } from '../../../test/database.ts'
import { shiftClock, stock } from '../../../test/shop.ts'
import { type StorefrontPages, storefrontPages } from '../../../test/storefrontPages.ts'

const BYTES_MAX = 6_000
const { url: databaseUrl, holdfast } = await freshDatabase()
const assets = await builtAssets()
const script = readFileSync(join(assets, 'element.js'), 'utf8')

test(`the built element has at most ${BYTES_MAX} bytes gzipped`, () => {
  const bytes = gzipSync(script, { level: 9 }).length
  console.info(`element.js: ${bytes} bytes gzipped, ${script.length} as it is`)
  expect(bytes).toBeLessThanOrEqual(BYTES_MAX)
})

test('a page that is rendered on a server may import it', async () => {
  const { HoldfastStock, holdfastCart } = await import('./index.ts')
  expect(HoldfastStock.observedAttributes).toContain('sku')
  expect(holdfastCart.get).toBeTypeOf('function')
})

const MANY = 200
const STRICT =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'"
const HOSTILE = '"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>{count}'

let server: Serving
let pages: StorefrontPages
let browser: Browser
let context: BrowserContext
let page: Page
let wrong: string[]
let key: string

const head = (from = '') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="holdfast-key" content="${key}">
<script type="module" src="${from}/element.js"></script></head><body>`

beforeAll(async () => {
  if (!hasBrowser) return
  await stock(holdfast, {
    ...Object.fromEntries(Array.from({ length: MANY }, (_, at) => [`SKU-${at}`, { berlin: at }])),
    ...{ TEE: { berlin: 9 }, RARE: { berlin: 3 }, PDF: null, [HOSTILE]: { berlin: 2 } },
  })
  server = await serve({ connectionString: databaseUrl, port: 0, assets, events: {} })
  pages = await storefrontPages(server.url, { '/element.js': script })
  const made = await holdfast.publishableKeys.create({ name: 'p', origins: [pages.url] })
  if (!made.ok) throw new Error(made.refusal.code)
  key = made.key
  pages.put('/', `${head()}<holdfast-stock sku="TEE">as rendered</holdfast-stock>`)
  pages.put('/far', `${head(server.url)}<holdfast-stock sku="RARE">as rendered</holdfast-stock>`)
  pages.put('/empty', head(), { 'content-security-policy': STRICT })
  const each = Array.from(
    { length: MANY },
    (_, at) => `<holdfast-stock sku="SKU-${at}">…</holdfast-stock>`,
  )
  pages.put('/many', `${head()}${each.join('')}`)
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await pages?.close()
  await server?.close()
})

const text = (sku: string): Promise<string> =>
  page.evaluate(code => {
    const all = [...document.querySelectorAll('holdfast-stock')]
    const found = all.find(each => each.getAttribute('sku') === code)
    const part = (name: string) => found?.shadowRoot?.querySelector(`[part=${name}]`)?.textContent
    return [part('title'), part('detail')].filter(Boolean).join(' | ')
  }, sku)

const shows = (sku: string, wanted: string | RegExp) => eventually(() => text(sku)).toMatch(wanted)

const add = (attributes: Record<string, string>, content = '') =>
  page.evaluate(
    ([given, inner]) => {
      const element = document.createElement('holdfast-stock')
      for (const [name, value] of Object.entries(given)) element.setAttribute(name, value)
      element.textContent = inner
      document.body.append(element)
    },
    [attributes, content] as const,
  )

/** The cart of the page, through the door of the element. */
const inCart = <Result>(work: string, from = ''): Promise<Result> =>
  page.evaluate(`import('${from}/element.js').then(({ holdfastCart: cart }) => ${work})`)

beforeEach(async () => {
  if (!hasBrowser) return
  context = await browser.newContext()
  page = await context.newPage()
  wrong = []
  page.on('pageerror', error => wrong.push(String(error)))
  pages.gone = false
  pages.asked.length = 0
  return async () => {
    await context.close()
    expect(wrong).toEqual([])
  }
})

describe.skipIf(!hasBrowser)(`in a browser${unlessRun}`, () => {
  test('a page shows what its server has rendered, then what is true, then what becomes of it', async () => {
    const before = page.locator('holdfast-stock')
    await page.route(
      '**/v1/availability',
      async route => {
        await eventually(() => before.innerText()).toBe('as rendered')
        await route.continue()
      },
      { times: 1 },
    )
    await page.goto(pages.url)
    await shows('TEE', 'In stock')
    await holdfast.set({ lines: [{ sku: 'TEE', location: 'berlin', quantity: 2 }] })
    await shows('TEE', 'Only 2 left')
    await holdfast.set({ lines: [{ sku: 'TEE', location: 'berlin', quantity: 0 }] })
    await shows('TEE', 'Sold out')
    await holdfast.set({ lines: [{ sku: 'TEE', location: 'berlin', quantity: 9 }] })
    await shows('TEE', 'In stock')
  })

  test(`${MANY} on a page ask once and have one stream`, async () => {
    await page.goto(`${pages.url}/many`)
    await shows('SKU-0', 'Sold out')
    await shows('SKU-5', 'Only 5 left')
    await shows(`SKU-${MANY - 1}`, 'In stock')
    const of = (path: string) => pages.asked.filter(each => each.includes(path)).length
    expect(of('availability')).toBe(1)
    await eventually(() => of('events')).toBe(1)
    const changed = { sku: 'SKU-7', location: 'berlin', quantity: 3 }
    await holdfast.set({ lines: [changed] })
    await shows('SKU-7', 'Only 3 left')
    expect(of('events')).toBe(1)
  })

  test('attributes decide locale, threshold and waitlist; a change of SKU is a new question', async () => {
    await page.goto(`${pages.url}/empty`)
    await add({ sku: 'RARE', low: '2' })
    await shows('RARE', 'In stock')
    await add({ sku: 'SKU-3', locale: 'zh' })
    await shows('SKU-3', '仅剩 3 件')
    await add({ sku: 'SKU-0', waitlist: '/notify?sku=SKU-0' })
    await shows('SKU-0', 'Sold out')
    const link = page.locator('holdfast-stock[sku=SKU-0] a')
    expect(await link.getAttribute('href')).toBe('/notify?sku=SKU-0')
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'http://[']) {
      await page
        .locator('holdfast-stock[sku=SKU-0]')
        .evaluate((each, url) => each.setAttribute('waitlist', url), bad)
      await eventually(() => link.isHidden()).toBe(true)
    }
    await page.locator('[sku=RARE]').evaluate(each => each.setAttribute('sku', 'PDF'))
    await shows('PDF', 'In stock')
  })

  test('a hostile SKU is text, and spoils nothing for the others', async () => {
    await page.goto(`${pages.url}/empty`)
    for (const sku of [HOSTILE, '\ud800', 'x'.repeat(300), '\u0000', '', 'NONE']) {
      await add({ sku, locale: HOSTILE, waitlist: HOSTILE }, HOSTILE)
    }
    await add({ sku: 'RARE' })
    await shows('RARE', 'Only 3 left')
    await shows(HOSTILE, 'Only 2 left')
    await shows('NONE', 'Not available')
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
    expect(await page.locator('img, body script').count()).toBe(0)
  })

  test('what the cart holds counts down by the server’s time, whatever the shopper’s clock says', async () => {
    await context.addInitScript(() => {
      const Real = Date
      const late = () => Real.now() + 5 * 86_400_000
      globalThis.Date = class extends Real {
        constructor(...given: [number]) {
          super(...(given.length > 0 ? given : ([late()] as [number])))
        }
        static override now = late
      } as DateConstructor
    })
    await page.goto(`${pages.url}/empty`)
    await add({ sku: 'RARE' })
    await shows('RARE', 'Only 3 left')
    expect(await inCart('cart.put("RARE", 2)')).toMatchObject({ ok: true })
    await shows('RARE', /^Held for you \| (30:00|29:\d\d) left$/)
    const seen = new Set<string>()
    await eventually(async () => seen.add(await text('RARE')).size).toBeGreaterThan(2)

    // Another tab of the shop knows the cart; the shop's own clock ends the hold.
    const other = await context.newPage()
    await other.goto(pages.url)
    expect(await inCart('cart.put("RARE", 3)')).toMatchObject({ ok: true })
    await other.close()
    await shiftClock(databaseUrl, '29 minutes 40 seconds')
    await inCart('cart.restore()')
    await shows('RARE', /Held for you \| 0:[012]\d left/)
    await shows('RARE', 'Only 3 left')
    await shiftClock(databaseUrl, '0')
    await inCart('cart.clear()')
  })

  test('a cart is one hold: amended, refused with facts, given back', async () => {
    await page.goto(`${pages.url}/empty`)
    const first = await inCart<{ cart: { reservation_id: string } }>('cart.put("RARE", 1)')
    const second = await inCart<typeof first>('cart.put("SKU-9", 2)')
    const { reservation_id } = second.cart
    expect(reservation_id).toBe(first.cart.reservation_id)
    expect(await inCart('cart.put("RARE", 9)')).toMatchObject({
      ok: false,
      refusal: { code: 'insufficient_stock', lines: [{ sku: 'RARE', asked: 8, available: 2 }] },
      cart: {
        lines: [
          { sku: 'RARE', quantity: 1 },
          { sku: 'SKU-9', quantity: 2 },
        ],
      },
    })
    await page.reload()
    expect(await inCart('cart.restore()')).toMatchObject({ reservation_id })
    expect(await inCart('cart.put("RARE", 0)')).toMatchObject({
      cart: { lines: [{ sku: 'SKU-9' }] },
    })
    expect(await inCart('cart.clear()')).toMatchObject({ ok: true, cart: { lines: [] } })
    expect(await holdfast.reservation({ reservation_id })).toMatchObject({ state: 'closed' })
  })

  test('on a page of another origin it is the same, if the key is for that origin', async () => {
    await page.goto(`${pages.url}/far`)
    await shows('RARE', 'Only 3 left')
    expect(await inCart('cart.put("RARE", 1)', server.url)).toMatchObject({ ok: true })
    await shows('RARE', 'Held for you')
    await page.reload()
    await shows('RARE', 'Held for you')
    expect(await inCart('cart.clear()', server.url)).toMatchObject({ ok: true })
    expect(pages.asked).toEqual([])

    await page.goto(`${pages.url.replace('127.0.0.1', 'localhost')}/far`)
    expect(await inCart('cart.put("RARE", 1)', server.url)).toMatchObject({ unavailable: true })
    expect(await page.locator('holdfast-stock').innerText()).toBe('as rendered')
  })

  test('the key of a page that tries more gets nowhere', async () => {
    await page.goto(`${pages.url}/empty`)
    const tries: [method: string, path: string, body?: object][] = [
      ['GET', '/v1/levels'],
      ['GET', '/v1/reservations'],
      ['GET', '/v1/keys'],
      ['POST', '/v1/stock/adjust', { lines: [{ sku: 'RARE', location: 'berlin', quantity: 9 }] }],
      ['POST', '/v1/sales', { order_reference: 'x', lines: [{ sku: 'RARE', quantity: 1 }] }],
    ]
    const statuses = await page.evaluate(
      async ([text, all]) => {
        const headers = { authorization: `Bearer ${text}`, 'content-type': 'application/json' }
        const call = ([method, path, body]: (typeof all)[number]) =>
          fetch(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
        return Promise.all(all.map(each => call(each).then(({ status }) => status)))
      },
      [key, tries] as const,
    )
    expect(statuses).toEqual(tries.map(() => 403))
    const { cart } = await inCart<{ cart: { reservation_id: string } }>('cart.put("RARE", 1)')
    const { reservation_id } = cart
    const commit = await page.evaluate(
      async ([text, path]) => {
        const headers = { authorization: `Bearer ${text}`, 'content-type': 'application/json' }
        const body = JSON.stringify({ order_reference: 'mine' })
        return (await fetch(path, { method: 'POST', headers, body })).status
      },
      [key, `/v1/reservations/${reservation_id}/commit`] as const,
    )
    expect(commit).toBe(403)
    await context.clearCookies()
    await page.evaluate(() => localStorage.clear())
    await page.reload()
    const stolen = JSON.stringify({ lines: [{ sku: 'RARE', quantity: 1 }], reservation_id })
    await page.evaluate(text => localStorage.setItem('holdfast-cart', text), stolen)
    await inCart('cart.clear()')
    expect(await holdfast.reservation({ reservation_id })).toMatchObject({ state: 'held' })
    await holdfast.release({ reservation_id })
  })

  test('two clicks at once are two changes', async () => {
    await page.goto(`${pages.url}/empty`)
    await inCart('Promise.all([cart.put("SKU-8", 1), cart.put("SKU-9", 1), cart.put("SKU-8", 2)])')
    expect(await inCart('cart.get()')).toMatchObject({
      lines: [
        { sku: 'SKU-9', quantity: 1 },
        { sku: 'SKU-8', quantity: 2 },
      ],
    })
    await inCart('cart.clear()')
  })

  test('the server is gone for a minute and back: stock is not blanked, not invented, and heals', async () => {
    await page.clock.install()
    await page.goto(pages.url)
    await page.clock.runFor(1_000)
    await shows('TEE', 'In stock')
    pages.gone = true
    await page.clock.runFor(30_000)
    expect(await text('TEE')).toBe('In stock')
    await add({ sku: 'RARE', 'when-unavailable': 'stop' })
    await page.clock.runFor(90_000)
    await shows('TEE', 'Checked at checkout')
    await shows('RARE', 'Not available right now')
    expect(await inCart('cart.get()')).toEqual({ lines: [] })
    await holdfast.set({ lines: [{ sku: 'TEE', location: 'berlin', quantity: 1 }] })
    pages.gone = false
    await page.clock.runFor(60_000)
    await shows('TEE', 'Only 1 left')
    await shows('RARE', 'Only 3 left')
    await holdfast.set({ lines: [{ sku: 'TEE', location: 'berlin', quantity: 9 }] })
  })

  test('while nobody can be asked the shop sells, or stops, as it has said', async () => {
    await page.goto(`${pages.url}/empty`)
    await add({ sku: 'TEE' })
    await shows('TEE', 'In stock')
    pages.gone = true
    expect(await inCart('cart.put("TEE", 1)')).toMatchObject({
      ...{ ok: true, unavailable: true, cart: { unheld: true } },
    })
    await page.evaluate(
      `import('/element.js').then(door => door.configureHoldfast({ whenUnavailable: 'stop' }))`,
    )
    await expect(inCart('cart.put("TEE", 2)')).rejects.toThrow()
  })

  test('axe finds nothing, light and dark; news is polite; nothing moves', async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.goto(`${pages.url}/many`)
      await page.evaluate(() => {
        document.documentElement.style.colorScheme = 'light dark'
        for (const each of [...document.querySelectorAll('holdfast-stock')].slice(8)) each.remove()
      })
      await shows('SKU-3', 'Only 3 left')
      await page.evaluate(axe)
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(options: object): Promise<{ violations: { id: string }[] }> }
        }
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
        return (await axe.run({ runOnly: tags })).violations.map(({ id }) => id)
      })
      expect(found).toEqual([])
    }
    const spoken = page.locator('[sku=SKU-3] [part=spoken]')
    expect(await spoken.getAttribute('role')).toBe(null)
    await holdfast.set({ lines: [{ sku: 'SKU-3', location: 'berlin', quantity: 1 }] })
    await shows('SKU-3', 'Only 1 left')
    expect(await spoken.getAttribute('role')).toBe('status')
    const animation = await page
      .locator('[sku=SKU-3] [part~=stock]')
      .evaluate(each => getComputedStyle(each).animationName)
    expect(animation).toBe('none')
  })
})
