import { setImmediate as turn } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { outcome, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const buy = () => holdfast.reserve({ lines: [{ sku: 'HOT', location: 'berlin', quantity: 1 }] })

test('whoever comes for a level that somebody sits on joins its lane, and no flush', async () => {
  await stock(holdfast, { HOT: { berlin: 100 } })
  const sitter = new pg.Client(ownerUrl)
  await sitter.connect()
  await sitter.query('begin')
  await sitter.query('select from holdfast.levels for update')
  const blocked = [buy()]
  while (holdfast.stats().lanes === 0) await turn()
  while (holdfast.stats().in_flight > 0) await turn()
  for (let n = 0; n < 20; n++) blocked.push(buy())
  await turn()
  await turn()
  expect(holdfast.stats()).toMatchObject({ waiting: 0, in_flight: 0, lanes: 1 })
  await sitter.query('rollback')
  await sitter.end()
  expect((await Promise.all(blocked)).map(outcome)).toEqual(blocked.map(() => 'ok'))
})
