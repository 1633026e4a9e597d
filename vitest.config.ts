import { execFileSync } from 'node:child_process'
import { defineConfig } from 'vitest/config'

execFileSync(process.execPath, ['scripts/embed.mjs']) // tests see the .sql files as they are now

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['{src,embedded,client,test,simulation,examples,dashboard}/**/*.test.ts'],
    globalSetup: ['test/postgres.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 3,
    pool: 'forks',
  },
})
