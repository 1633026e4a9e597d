import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { expectAccessible, type World } from './world.ts'

const dist = fileURLToPath(new URL('../../dist/dashboard', import.meta.url))
const FIRST_LOAD_BYTES_MAX = 250 * 1024
const USEFUL_MS_MAX = 1_000
const LOADS = 3
const HUNG_MS = 30_000

type Seen = { useful: number; painted: number; tasks: number[] }

/** Notes when the overview's first number is there, the first paint, and each task over 50 ms. */
const watchLoading = (): void => {
  const seen: Seen = { useful: 0, painted: 0, tasks: [] }
  Object.assign(window, { seen })
  new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) seen.tasks.push(Math.round(duration))
  }).observe({ type: 'longtask', buffered: true })
  const look = () => {
    if (document.querySelector('.fig .v') === null) return requestAnimationFrame(look)
    seen.useful = performance.now()
    seen.painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0
    return undefined
  }
  look()
}

/** What the first page loads, as it goes over the wire. */
const firstLoad = (): { file: string; bytes: number }[] => {
  const html = readFileSync(`${dist}/index.html`, 'utf8')
  const names = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, name]) => name)
  return names.map(file => {
    const zipped = `${dist}${file}.gz`
    try {
      return { file: `${file}`, bytes: statSync(zipped).size }
    } catch {
      return { file: `${file}`, bytes: statSync(`${dist}${file}`).size }
    }
  })
}

export const journeys = (world: World): void => {
  test('the first load is small, and its page has no script or style within it', async () => {
    const files = firstLoad()
    const bytes = files.reduce((sum, each) => sum + each.bytes, 0)
    console.log(`first load ${(bytes / 1024).toFixed(1)} kB gzipped in ${files.length} files`)
    const lazy = readdirSync(`${dist}/assets`).filter(name => /\.js$/.test(name)).length
    console.log(`${lazy} scripts in all`)
    expect(bytes).toBeLessThan(FIRST_LOAD_BYTES_MAX)
    const html = readFileSync(`${dist}/index.html`, 'utf8')
    expect(html).not.toMatch(/<style|<script>|style="|onclick=/)
    const answer = await fetch(`${world.url}/inventory`, { headers: { accept: 'text/html' } })
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self';")
    expect(answer.headers.get('content-security-policy')).toContain("style-src 'self';")
  })

  test('the overview is useful within a second, with nothing in the cache', async () => {
    const page = await world.open('/inventory')
    const browser = await page.context().newCDPSession(page)
    await browser.send('Network.setCacheDisabled', { cacheDisabled: true })
    await page.addInitScript(watchLoading)
    const loads: Seen[] = []
    for (let load = 0; load < LOADS; load++) {
      await page.goto(world.url)
      await page.waitForFunction(() => (window as unknown as { seen: Seen }).seen.useful > 0)
      loads.push(await page.evaluate(() => (window as unknown as { seen: Seen }).seen))
    }
    for (const { useful, painted, tasks } of loads) {
      console.log(
        `first paint ${painted.toFixed(0)} ms, useful ${useful.toFixed(0)} ms,`,
        `tasks over 50 ms: ${tasks.join(', ') || 'none'}`,
      )
    }
    expect(Math.min(...loads.map(({ useful }) => useful))).toBeLessThan(USEFUL_MS_MAX)
    await page.context().close()
  })

  test('the palette finds a SKU by its name, and goes there', async () => {
    const page = await world.open('/')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('harbour')
    await page
      .getByRole('option', { name: /harbour/i })
      .first()
      .waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/(skus|products)\//)
    await page.context().close()
  })

  test('keys lead everywhere, and the sheet lists them', async () => {
    const page = await world.open('/')
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.waitForURL(/\/inventory/)
    await page.getByRole('row').nth(2).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Find anything, do anything').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('search')
    await page.context().close()
  })

  test('language and theme change at once and stay', async () => {
    const page = await world.open('/')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('简体中文')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '总览', level: 1 }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('深色')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-Hans')
    await page.context().close()
  })

  test('a page that does not exist says so; a broken address is a page too', async () => {
    const page = await world.open('/no/such/page')
    await page.getByRole('link', { name: 'Go to the overview' }).click()
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    await page.context().close()
  })

  test('when the server does not answer, values stay and say their age', async () => {
    const page = await world.open('/inventory')
    await page.getByRole('row').nth(2).waitFor()
    await page.context().setOffline(true)
    await page.getByText('Not live since').first().waitFor({ timeout: HUNG_MS })
    expect(await page.getByRole('row').count()).toBeGreaterThan(3)
    await page.context().setOffline(false)
    world.complaints() // the browser says that it was offline
    await page.context().close()
  })
}
