import { Readable } from 'node:stream'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { granted, level, stock } from '../../test/shop.ts'
import { importFile } from '../imports/importFile.ts'
import { importPolicies } from './importPolicies.ts'

const { holdfast } = await freshDatabase()

beforeAll(() => stock(holdfast, { TEE: { berlin: 10, paris: 10 }, MUG: { berlin: 10 } }))

const imported = (lines: string[], dry_run = false) =>
  importPolicies(holdfast.context, { stream: Readable.from([lines.join('\n')]), dry_run })
const rules = async () => granted(await holdfast.policies.list({ sort: 'changed_at' })).data

const file = [
  'sku;location;backorder_mode;backorder_cap;ship_complete;safety_stock',
  'TEE;;allow;5;yes;',
  'TEE;berlin;;;;2',
  "'MUG;;deny;;no;",
]

test('a row is a rule; what its cells leave empty stays; a second time changes nothing', async () => {
  expect(await imported(file, true)).toMatchObject({ ok: true, rows: 3, changed: 3, dry_run: true })
  expect(await rules()).toEqual([])
  expect(await imported(file)).toMatchObject({ ok: true, changed: 3, rejected: 0, warnings: [] })
  expect(await rules()).toMatchObject([
    {
      ...{ sku: 'TEE', location: null },
      fields: { backorder_mode: 'allow', backorder_cap: 5, ship_complete: true },
    },
    { sku: 'TEE', location: 'berlin', fields: { safety_stock: 2 } },
    { sku: 'MUG', fields: { backorder_mode: 'deny', ship_complete: false } },
  ])
  expect(await imported(file)).toMatchObject({ changed: 0, unchanged: 3 })
  expect(await imported(['sku,backorder_cap', 'TEE,9'])).toMatchObject({ changed: 1 })
  expect(await imported(['sku,ship_complete', 'TEE,default'])).toMatchObject({ changed: 1 })
  const [last] = granted(await holdfast.policies.list({ sku: 'TEE' })).data
  expect(last?.fields).toEqual({ backorder_mode: 'allow', backorder_cap: 9 })
})

test('a row that allows backorders and has no room for them is taken, with a warning', async () => {
  const lines = ['sku,location,backorder_mode,backorder_cap', 'MUG,berlin,allow,0', 'MUG,,allow,']
  expect(await imported(lines, true)).toMatchObject({
    ...{ changed: 2, rejected: 0 },
    warnings: [
      {
        line: 2,
        code: 'backorder_cap_zero',
        message: expect.stringMatching(/^backorder_cap is 0/),
      },
      {
        line: 3,
        code: 'backorder_cap_missing',
        message: expect.stringMatching(/no backorder_cap/),
      },
    ],
  })
})

test('rows that cannot be rules are rejected alone, each with its line', async () => {
  const report = await imported([
    'sku,backorder_cap,lead_days_min,lead_days_max',
    'NONE,5,,',
    'TEE,many,,',
    'TEE,,5,3',
    'TEE,,,',
    'MUG,3,,',
  ])
  expect(report).toMatchObject({
    ...{ ok: true, rows: 5, changed: 1, rejected: 4 },
    rejects: [
      { line: 5, reason: 'The row says nothing.' },
      { line: 2, reason: 'No SKU has the code "NONE".' },
      { line: 3, reason: expect.stringContaining('whole number') },
      { line: 4, reason: expect.stringContaining('lead_days_max') },
    ],
  })
})

test.each([
  ['an unknown column', ['sku,colour', 'TEE,red'], 'colour'],
  ['a column twice', ['sku,sku,backorder_cap', 'TEE,TEE,1'], 'twice'],
  ['no field', ['sku,location', 'TEE,berlin'], 'no field'],
  ['no row', ['sku,backorder_cap'], 'no rows'],
  ['nothing', [''], 'empty'],
  ['no text', ['sku,backorder_cap', 'TEE,\u00001'], 'binary'],
])('a file with %s is refused whole', async (_name, lines, words) => {
  expect(await imported(lines)).toMatchObject({
    ok: false,
    refusal: { code: 'invalid_request', message: expect.stringContaining(words) },
  })
})

test('the safety stock of a file of stock becomes a rule of the level, once', async () => {
  const stream = () =>
    Readable.from(['sku,location,on_hand,safety_stock\nTEE,paris,10,4\nMUG,berlin,10,0\n'])
  granted(await importFile(holdfast.context, { stream: stream() }))
  granted(await importFile(holdfast.context, { stream: stream(), again: true }))
  expect((await level(holdfast, 'TEE', 'paris')).safety_stock).toBe(4)
  const history = granted(await holdfast.policies.history({ sku: 'TEE', location: 'paris' }))
  expect(history.data).toMatchObject([{ fields: { safety_stock: 4 }, closed_at: null }])
  const lines = [{ sku: 'TEE', location: 'paris', quantity: 7, backorder: 'none' as const }]
  expect(await holdfast.reserve({ lines })).toMatchObject({
    refusal: { lines: [{ available: 6 }] },
  })
})
