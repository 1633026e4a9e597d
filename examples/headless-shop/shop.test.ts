import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { runShop } from './shop.ts'

test('the headless shop prints what expected.txt says', async () => {
  const { holdfast, ownerUrl } = await freshDatabase()
  const pool = new pg.Pool({ connectionString: ownerUrl })
  const said: string[] = []
  await runShop(holdfast, pool, line => said.push(line)).finally(() => pool.end())
  const expected = await readFile(new URL('expected.txt', import.meta.url), 'utf8')
  expect(`${said.join('\n')}\n`).toBe(expected)
})
