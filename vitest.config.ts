import { execFileSync } from 'node:child_process'
import { defineConfig } from 'vitest/config'

execFileSync(process.execPath, ['scripts/embed.mjs']) // tests see the .sql files as they are now

// Journeys in a real browser: minutes, so by a command of their own (npm run test:browser).
const BROWSER = [
  ...['dashboard/e2e/**/*.test.ts', 'client/src/element/element.test.ts'],
  ...['src/demo/store/page/store.test.ts', 'examples/storefront.test.ts'],
]
const browser = process.env['HOLDFAST_BROWSER'] !== undefined

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: browser
      ? BROWSER
      : ['{src,embedded,client,test,simulation,examples,dashboard}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(browser ? [] : BROWSER)],
    globalSetup: ['test/postgres.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: browser ? 1 : 3, // a browser measures frames, and has the machine to itself
    pool: 'forks',
  },
})
