import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, expect } from 'vitest'
import { startSweeper } from '../../src/cli/sweeper.ts'
import { seedDemo } from '../../src/demo/seed.ts'
import { storeKey } from '../../src/demo/store/storeKey.ts'
import type { Holdfast } from '../../src/index.ts'
import { serve } from '../../src/server/index.ts'
import { builtAssets } from '../../test/browser.ts'
import { freshDatabase } from '../../test/database.ts'

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)
/** As long as a loaded machine may take to show what was asked for. */
const WAIT_MS = 30_000
const SYSTEM_CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export type Role = 'viewer' | 'seller' | 'stock_keeper' | 'admin'
export type Look = {
  theme?: 'light' | 'dark'
  language?: 'en' | 'zh'
  width?: number
  height?: number
  role?: Role
  /** Nobody has signed in. */
  stranger?: boolean
  /** Whose person it is; the demo shop's when left out. */
  shop?: Holdfast
}

type Place = { url: string; holdfast: Holdfast }

/** A server over the demo's shop, a browser, and what went wrong in it. */
export type World = {
  url: string
  holdfast: Holdfast
  /** A page of its own browser context, signed in. */
  open: (path: string, look?: Look) => Promise<Page>
  /** What browsers have complained about since the last look; asking empties it. */
  complaints: () => string[]
}

const launch = async (): Promise<Browser> => {
  const system = SYSTEM_CHROMIUM.find(existsSync)
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none']
  if (system) return chromium.launch({ executablePath: system, args })
  const packed = (await import('@sparticuz/chromium')).default
  return chromium.launch({
    executablePath: await packed.executablePath(),
    args: [...packed.args, ...args],
  })
}

const watch = (page: Page, complaints: string[]): void => {
  page.on('console', message => {
    // a refusal is an answer; the browser writes every 4xx into its console all the same
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) {
      complaints.push(`${page.url()}: ${message.text()}`)
    }
  })
  page.on('pageerror', error => complaints.push(`${page.url()}: ${error.stack ?? error.message}`))
}

const dress = async (context: BrowserContext, { theme, language = 'en' }: Look): Promise<void> => {
  await context.addInitScript(
    ([theme, language]) => {
      if (theme) localStorage.setItem('holdfast.theme', theme)
      localStorage.setItem('holdfast.language', language ?? 'en')
      localStorage.setItem('holdfast.tour', 'true')
    },
    [theme, language] as const,
  )
}

const AUDIT_PAUSE_MS = 500

/** A server with all that `start --demo` runs: events, audit, sweeper, and the store. */
const serveWhole = async (connectionString: string, demo: boolean) => {
  let key: string | undefined
  const assets = demo ? { assets: await builtAssets() } : {}
  const serving = await serve({
    ...{ connectionString, port: 0, events: {}, audit: { pause_ms: AUDIT_PAUSE_MS } },
    ...{ store: () => key, ...assets },
  })
  const sweeper = startSweeper(serving.holdfast, notice => console.warn(notice))
  if (demo) key = await storeKey(serving.holdfast, serving.url)
  const close = async () => {
    await sweeper.stop()
    await serving.close()
  }
  return { url: serving.url, close }
}

/** Opens the world; the test file that asks has it to itself, and it ends with the file. */
export const openWorld = async (options: { demo?: boolean } = {}): Promise<World> => {
  const { demo = true } = options
  const { url: connectionString, holdfast } = await freshDatabase()
  if (demo) await seedDemo(holdfast)
  const serving = await serveWhole(connectionString, demo)
  const browser = await launch()
  const found: string[] = []
  afterAll(async () => {
    await browser.close()
    await serving.close()
  })
  const open = async (path: string, look: Look = {}): Promise<Page> => {
    const { width = 1440, height = 900, language = 'en' } = look
    const context = await browser.newContext({
      viewport: { width, height },
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
      colorScheme: look.theme ?? 'light',
    })
    await dress(context, look)
    const place = { url: serving.url, holdfast: look.shop ?? holdfast }
    if (!look.stranger) await enter(context, place, look.role ?? 'admin')
    const page = await context.newPage()
    page.setDefaultTimeout(WAIT_MS)
    watch(page, found)
    await page.goto(`${serving.url}${path}`)
    await page.locator('main h1').first().waitFor()
    return page
  }
  const complaints = () => found.splice(0)
  return { url: serving.url, holdfast, open, complaints }
}

export const PASSWORD = 'a long sentence with 7 words'
let people = 0

/** Asks somebody in and lets their browser join by the link, as a person would. */
const enter = async (context: BrowserContext, { url, holdfast }: Place, role: Role) => {
  people += 1
  const person = { email: `person-${people}@shop.example`, name: `Person ${people}`, role }
  const asked = await holdfast.people.invite(person)
  if (!asked.ok || !asked.link) throw new Error('no link')
  const answer = await context.request.post(`${url}/v1/join`, {
    headers: { origin: url },
    data: { link: asked.link, password: PASSWORD },
  })
  if (!answer.ok()) throw new Error(await answer.text())
}

type AxeResult = {
  violations: { id: string; help: string; nodes: { target: string[]; html: string }[] }[]
}

/** No finding of WCAG 2.2 A and AA on what is shown. */
export const expectAccessible = async (page: Page): Promise<void> => {
  await page.evaluate(axeSource)
  const { violations } = (await page.evaluate(() => {
    const { axe } = window as unknown as { axe: { run: (o: object) => Promise<unknown> } }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    return axe.run({ runOnly: { type: 'tag', values: tags } } as never)
  })) as AxeResult
  const told = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes
        .slice(0, 4)
        .map(({ target, html }) => `  ${target.join(' ')}  ${html.slice(0, 160)}`)
        .join('\n')}`,
  )
  expect(told, page.url()).toEqual([])
}
