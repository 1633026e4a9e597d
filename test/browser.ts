import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { build } from 'tsdown'
import { expect } from 'vitest'
import { root } from './houseFiles.ts'

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** A Chromium of this machine, else the one that comes from npm; undefined where neither is. */
const executable = async (): Promise<string | undefined> => {
  const found = [process.env['HOLDFAST_CHROMIUM'] ?? '', ...INSTALLED].find(existsSync)
  if (found) return found
  try {
    const { default: packed } = await import('@sparticuz/chromium')
    return await packed.executablePath()
  } catch {
    return undefined
  }
}

const path = await executable()

/** False: browser tests are not run, and say so by name. */
export const hasBrowser = path !== undefined

/** Ends the name of a test that needs a browser. */
export const unlessRun = hasBrowser ? '' : ' (not run: no Chromium on this machine)'

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: path as string, args: ['--no-sandbox'] })

const cache = join(root, 'node_modules/.cache/holdfast')

/** Names the sources as they are now: every file with its size and the time of its last change. */
const nameOf = (folders: string[]): string => {
  const hash = createHash('sha256')
  for (const folder of folders) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const { size, mtimeMs } = statSync(join(root, folder, file))
      hash.update(`${folder}/${file} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex').slice(0, 16)
}

/** What the build puts into dist/assets, of the sources as they are now; answers the folder. */
export const builtAssets = async (): Promise<string> => {
  const folder = join(cache, `assets-${nameOf(['client/src', 'src/demo/store'])}`)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const unfinished = mkdtempSync(join(cache, 'unfinished-'))
  const { assets } = await import('../tsdown.config.ts')
  for (const asset of assets) {
    await build({ ...asset, config: false, outDir: unfinished, logLevel: 'silent' })
  }
  try {
    renameSync(unfinished, folder)
  } catch {
    rmSync(unfinished, { recursive: true, force: true }) // another test file was faster
  }
  return folder
}

const EVENTUALLY_MS = 30_000

/** What a page shows sooner or later; a loaded machine may need seconds for a click. */
export const eventually = <Value>(look: () => Value | Promise<Value>) =>
  expect.poll(look, { timeout: EVENTUALLY_MS })
