import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import type { Context } from '../database/context.ts'
import type { Holdfast } from '../index.ts'
import { type ImportProgress, type ImportRequest, importFile } from './importFile.ts'
import { importsOf } from './imports.ts'
import type { ImportReport } from './report.ts'

const examples = join(import.meta.dirname, '../../examples/data')
let folder: string
let root: Holdfast
let holdfast: Holdfast
let context: Context
let tenants = 0

const asNewTenant = async (): Promise<void> => {
  const code = `shop-${++tenants}`
  await root.tenants.create({ code, name: code })
  holdfast = await root.forTenant(code)
  context = holdfast.context
}

const copyOf = async (name: string): Promise<string> => {
  const path = join(folder, `${tenants}-${name}`)
  await copyFile(join(examples, name), path)
  return path
}

const fileOf = async (text: string | Buffer): Promise<string> => {
  const path = join(folder, `${tenants}-${Math.random()}.csv`)
  await writeFile(path, text)
  return path
}

const imported = async (request: ImportRequest): Promise<ImportReport> => {
  const answer = await importFile(context, request)
  if (!answer.ok) throw new Error(answer.refusal.message)
  expect(answer.rows).toBe(
    answer.imported + answer.image_only + answer.not_stocked + answer.rejected,
  )
  return answer
}

const refused = async (request: ImportRequest): Promise<string> => {
  const answer = await importFile(context, request)
  expect(answer.ok).toBe(false)
  return answer.ok ? '' : answer.refusal.message
}

const levels = async (): Promise<Record<string, unknown>> => {
  const answer = await holdfast.levels({ limit: 250 })
  if (!('data' in answer)) throw new Error('no levels')
  return Object.fromEntries(
    answer.data.map(level => [
      `${level.sku}@${level.location}`,
      [level.on_hand, level.committed, level.set_aside, level.shortage],
    ]),
  )
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-test-import-'))
  root = (await freshDatabase()).holdfast
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe("Shopify's product export", () => {
  test('every row is accounted for, and SKUs are made where there are none', async () => {
    await asNewTenant()
    const path = await copyOf('shopify-products.csv')
    const report = await imported({ path })
    expect(report).toMatchObject({
      format: 'shopify_products',
      rows: 11,
      imported: 9,
      image_only: 1,
      rejected: 1,
      products: 5,
      skus: 9,
      generated_skus: 4,
      unprotected: 1,
      backorders_allowed: 1,
      negative_rows: 1,
      missing_units: 2,
    })
    expect(report.negative).toMatchObject([{ sku: '0815-SAND', quantity: -2, missing: 2 }])
    expect(await levels()).toEqual({
      'TOTE-OAT@main': [12, 0, 0, 0],
      'rib-sock-small@main': [40, 0, 0, 0],
      'rib-sock-medium@main': [25, 0, 0, 0],
      'rib-sock-large@main': [0, 0, 0, 0],
      'rib-sock-extra-large@main': [6, 0, 0, 0],
      '0815-MOSS@main': [7, 0, 0, 0],
      '0815-SAND@main': [0, 0, 0, 0],
      'MUG-1@main': [31, 0, 0, 0],
    })
    const rejects = await readFile(`${path}.rejects.csv`, 'utf8')
    expect(rejects).toMatch(/^line,reason,Handle,/)
    expect(rejects).toContain('"""a few"" in Variant Inventory Qty is no whole number."')
    expect(rejects.split('\n')[1]).toMatch(/^15,/)
  })

  test('the same file again changes nothing', async () => {
    const movements = await context.database.pool.query(
      'select count(*) from holdfast.inventory_transactions',
    )
    const report = await imported({ path: await copyOf('shopify-products.csv') })
    expect(report.already_imported).toBe(true)
    expect(report.imported).toBe(9)
    expect(
      (await context.database.pool.query('select count(*) from holdfast.inventory_transactions'))
        .rows,
    ).toEqual(movements.rows)
  })

  test('with --again the file rules once more', async () => {
    await holdfast.adjust({ lines: [{ sku: 'MUG-1', location: 'main', quantity: -1 }] })
    const report = await imported({ path: await copyOf('shopify-products.csv'), again: true })
    expect(report).toMatchObject({ already_imported: false, generated_skus: 4, levels_changed: 1 })
    expect((await levels())['MUG-1@main']).toEqual([31, 0, 0, 0])
  })

  test('as-in-file leaves SKUs without a tracker unprotected, and says how many', async () => {
    await asNewTenant()
    const report = await imported({
      path: await copyOf('shopify-products.csv'),
      track: 'as-in-file',
    })
    expect(report.unprotected).toBe(6)
    expect(report.levels).toBe(3)
    expect(report.notes.join()).toContain('not tracked: 6.')
  })

  test('without quantities only the products come', async () => {
    await asNewTenant()
    const report = await imported({ path: await copyOf('shopify-products.csv'), quantities: false })
    expect(report).toMatchObject({ imported: 9, products: 5, skus: 9, levels: 0, negative_rows: 0 })
    expect(await levels()).toEqual({})
  })

  test('a dry run reports in full and writes nothing', async () => {
    await asNewTenant()
    const path = await copyOf('shopify-products.csv')
    const report = await imported({ path, dry_run: true })
    expect(report).toMatchObject({ rows: 11, imported: 9, rejected: 1, levels: 8, import_id: null })
    expect(await levels()).toEqual({})
    await expect(readFile(`${path}.rejects.csv`)).rejects.toThrow()
  })

  test('made SKUs that collide get a suffix, the same each time', async () => {
    const rows =
      'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty\n' +
      'a-b,One,Size,C,,1,1\na,Two,Size,B C,,1,2\na-b-c,Three,Size,X,A-B-C-X,1,3\n' +
      'x,Four,Title,Default Title,a-b-c,1,4\n'
    const codes = new Set<string>()
    for (let round = 0; round < 2; round++) {
      await asNewTenant()
      await imported({ stream: Readable.from([rows]) })
      const found = Object.keys(await levels())
      expect(found).toHaveLength(4)
      expect(found).toContain('a-b-c@main')
      for (const code of found) codes.add(code)
    }
    expect(codes.size).toBe(4)
  })
})

describe("Shopify's inventory export", () => {
  test('a row is a level; committed is one reservation, owed units are named', async () => {
    await asNewTenant()
    await imported({ path: await copyOf('shopify-products.csv') })
    const report = await imported({ path: await copyOf('shopify-inventory.csv') })
    expect(report).toMatchObject({
      format: 'shopify_inventory',
      rows: 8,
      imported: 7,
      not_stocked: 1,
      levels: 7,
      committed: 12,
      incoming_units: 84,
      missing_units: 6,
      generated_skus: 2,
    })
    expect(report.negative).toMatchObject([
      { sku: '0815-SAND', quantity: -5, missing: 5 },
      { sku: 'MUG-1', quantity: -1, missing: 1 },
    ])
    expect(report.shortages).toMatchObject([
      { sku: '0815-SAND', shortage: 3 },
      { sku: 'MUG-1', shortage: 1 },
    ])
    const books = await levels()
    expect(books['TOTE-OAT@harbour-street-4']).toEqual([12, 3, 1, 0])
    expect(books['0815-SAND@harbour-street-4']).toEqual([0, 3, 0, 3])
    expect(books['MUG-1@old-mill']).toEqual([3, 4, 0, 1])
    expect(books['rib-sock-small@old-mill']).toBeUndefined()
    const open = await holdfast.reservations({ order_reference: 'import', limit: 250 })
    expect('data' in open && open.data).toHaveLength(4)
  })

  test('a newer export with other promises leaves one reservation a level', async () => {
    const header = 'Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Location,Incoming,'
    const text =
      `${header}Unavailable,Committed,Available,On hand\n` +
      "oat-tote,Oat tote,Title,Default Title,TOTE-OAT,,,Harbour Street 4,0,0,5,6,'11\n"
    await imported({ stream: Readable.from([text]) })
    expect((await levels())['TOTE-OAT@harbour-street-4']).toEqual([11, 5, 0, 0])
    const open = await holdfast.reservations({
      order_reference: 'import',
      sku: 'TOTE-OAT',
      state: 'committed',
    })
    expect('data' in open && open.data).toHaveLength(1)
  })

  test('the shape with a column a location is read too', async () => {
    await asNewTenant()
    const text =
      'Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Berlin (Mitte),Zürich\n' +
      'cup,Cup,Title,Default Title,CUP,,,4,not stocked\nbowl,Bowl,Title,Default Title,,,,0,9\n'
    const report = await imported({ stream: Readable.from([text]) })
    expect(report).toMatchObject({ imported: 2, levels: 3, not_stocked: 0 })
    expect(Object.keys(await levels()).sort()).toEqual([
      'CUP@berlin-mitte',
      'bowl@berlin-mitte',
      'bowl@zurich',
    ])
  })
})

describe('our own format', () => {
  test('units, states and safety stock arrive', async () => {
    await asNewTenant()
    const report = await imported({ path: await copyOf('own-format.csv') })
    expect(report).toMatchObject({ format: 'holdfast', rows: 4, imported: 4, skus: 4, levels: 4 })
    const answer = await holdfast.levels({ sku: 'BEANS-ESPRESSO' })
    expect('data' in answer && answer.data[0]).toMatchObject({
      on_hand: 25000,
      quality_control: 500,
    })
  })

  test('a rejects file that was mended is taken', async () => {
    const text = 'line,reason,sku,location,on_hand\n9,"on_hand is empty.",MENDED,old-mill,4\n'
    const report = await imported({ stream: Readable.from([text]) })
    expect(report).toMatchObject({ format: 'holdfast', imported: 1, rejected: 0 })
    expect((await levels())['MENDED@old-mill']).toEqual([4, 0, 0, 0])
  })

  test('rows that the books refuse are rejected alone, with the reason', async () => {
    const text =
      'sku,location,on_hand,damaged,unit\nA,old-mill,2,3,\nB,old-mill,5,0,\nB,old-mill,6,0,\n' +
      'C,anywhere,1,0,\nBEANS-FILTER,old-mill,1,0,each\nD,old-mill,1.5,,\n' +
      ',old-mill,1,,\nE,old-mill,1\n'
    const report = await imported({ stream: Readable.from([text]) })
    expect(report).toMatchObject({ rows: 8, imported: 1, rejected: 7 })
    expect(report.rejects.map(one => one.line).sort()).toEqual([2, 4, 5, 6, 7, 8, 9])
  })
})

test('an import that was stopped goes on where it stopped', async () => {
  await asNewTenant()
  const rows = Array.from({ length: 2_000 }, (_, n) => `SKU-${n},main,${n % 7}`)
  const path = await fileOf(`sku,location,on_hand\n${rows.join('\n')}\n`)
  const stop = new AbortController()
  const first = await imported({ path, signal: stop.signal, onProgress: () => stop.abort() })
  expect(first.interrupted).toBe(true)
  expect(first.rows).toBeLessThan(2_000)
  const listed = await importsOf(context).list()
  expect(listed).toMatchObject({ ok: true, data: [{ state: 'running', rows_done: first.rows }] })
  const told: ImportProgress[] = []
  const second = await imported({ path, onProgress: progress => told.push(progress) })
  // What the first run has written counts neither for the rate nor for the time left.
  for (const { rows, rows_per_second, seconds_left } of told) {
    const before = rows <= first.rows
    expect([rows_per_second === 0, seconds_left === null]).toEqual([before, before])
  }
  expect(told[0]).toMatchObject({ rows: first.rows, seconds_left: null })
  expect(second).toMatchObject({ interrupted: false, rows: 2_000, imported: 2_000, levels: 2_000 })
  const { data } = (await holdfast.transactions({ sku: 'SKU-1', limit: 10 })) as { data: unknown[] }
  expect(data).toHaveLength(1)
  const sum = Object.values(await levels()).length
  expect(sum).toBe(250) // one page; the report above counts them all
})

describe('a file that cannot be taken is refused with the reason, and nothing is written', () => {
  const cases: [string, string | Buffer, RegExp][] = [
    ['empty', '', /empty/],
    ['blank', '\n\n  \n', /empty/],
    ['header only', 'sku,location,on_hand\n', /header, but no rows/],
    ['unknown header', 'name,colour\na,b\n', /no known format.*Known: Shopify product export/s],
    ['near header', 'sku,location,stock\na,b,1\n', /missing.*on_hand/],
    ['missing columns', 'Handle,Title,Variant Price\na,b,c\n', /option1 value, variant sku/],
    ['UTF-16', Buffer.from('sku,location,on_hand\nA,main,1\n', 'utf16le'), /UTF-16/],
    [
      'Latin-1',
      Buffer.from('sku,location,on_hand\nM\xfctze,main,1\n', 'latin1'),
      /not UTF-8.*line/,
    ],
    ['binary', Buffer.from([1, 2, 0, 3, 0, 0, 0, 9, 200, 0]), /binary|UTF-16/],
    ['workbook', Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0]), /Excel/],
    ['open quotation mark', 'sku,location,on_hand\nA,main,1\n"B,main,1\nC,main,2\n', /line 3/],
    ['same column twice', 'sku,location,on_hand,on_hand\nA,main,1,2\n', /twice/],
  ]
  test.each(cases)('%s', async (_, content, message) => {
    await asNewTenant()
    expect(await refused({ path: await fileOf(content) })).toMatch(message)
    expect(await levels()).toEqual({})
  })

  test('no such file, no such location', async () => {
    expect(await refused({ path: join(folder, 'none.csv') })).toMatch(/no file/)
    const path = await copyOf('shopify-products.csv')
    expect(await refused({ path, location: 'berlin' })).toMatch(/No location has the code "berlin"/)
  })
})

test('BOM, CRLF, semicolons and cells that begin with an apostrophe are read', async () => {
  await asNewTenant()
  const text = "\ufeffsku;location;on_hand\r\n'=1+1;main;3\r\n'007;main;'4\r\n;;\r\n"
  const report = await imported({ stream: Readable.from([text]) })
  expect(report).toMatchObject({ rows: 2, imported: 2 })
  expect(await levels()).toEqual({ '=1+1@main': [3, 0, 0, 0], '007@main': [4, 0, 0, 0] })
})

test('the report names the locations that were made, also of a dry run and of several chunks', async () => {
  await asNewTenant()
  await holdfast.locations.create({ code: 'main' })
  const rows = Array.from({ length: 1_200 }, (_, n) => `SKU-${n},${n % 2 ? 'main' : 'nowhere'},1`)
  const path = await fileOf(`sku,location,on_hand\n${rows.join('\n')}\n`)
  expect((await imported({ path, dry_run: true })).made_locations).toEqual(['nowhere'])
  expect((await imported({ path })).made_locations).toEqual(['nowhere'])
  expect((await imported({ path, again: true })).made_locations).toEqual([])
})
