import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import type { Context } from '../database/context.ts'
import type { Holdfast } from '../index.ts'
import { guarded, readCode, readText } from './cells.ts'
import { exportFile } from './exportFile.ts'
import { type FileFormat, fileFormats } from './header.ts'
import { importFile } from './importFile.ts'

const examples = join(import.meta.dirname, '../../examples/data')
let folder: string
let root: Holdfast
let source: Holdfast

const tenant = async (code: string): Promise<Holdfast> => {
  await root.tenants.create({ code, name: code })
  return root.forTenant(code)
}

const take = async (context: Context, path: string) => {
  const answer = await importFile(context, { path })
  if (!answer.ok) throw new Error(answer.refusal.message)
  expect(answer.rejects).toEqual([])
  return answer
}

const levels = async (holdfast: Holdfast) => {
  const answer = await holdfast.levels({ limit: 250 })
  if (!('data' in answer)) throw new Error('no levels')
  return answer.data
    .map(({ sku, location, on_hand, committed, shortage, unavailable }) =>
      [sku, location, on_hand, committed, shortage, unavailable].join(' '),
    )
    .sort()
}

const writtenBy = async (holdfast: Holdfast, format: FileFormat, name: string) => {
  const path = join(folder, name)
  const answer = await exportFile(holdfast.context, { format, path })
  expect(answer.ok).toBe(true)
  return path
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-test-export-'))
  root = (await freshDatabase()).holdfast
  source = await tenant('source')
  await importFile(source.context, {
    path: join(examples, 'shopify-products.csv'),
    rejects_path: join(folder, 'r'),
  })
  await take(source.context, join(examples, 'shopify-inventory.csv'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(['shopify_inventory', 'holdfast'] as const)(
  '%s: what is written is read into another tenant with equal levels',
  async format => {
    const path = await writtenBy(source, format, `${format}.csv`)
    const target = await tenant(`target-${format.replace('_', '-')}`)
    await take(target.context, path)
    const expected = await levels(source)
    const found = await levels(target)
    const codes = (list: string[]) => list.map(line => line.replace(/ main /, ' main '))
    expect(codes(found)).toEqual(codes(expected))
    const again = await readFile(await writtenBy(target, format, `${format}-2.csv`), 'utf8')
    expect(again).toBe(await readFile(path, 'utf8'))
  },
)

test('products come back with their texts, images and tracking', async () => {
  const plain = await tenant('plain')
  await importFile(plain.context, {
    path: join(examples, 'shopify-products.csv'),
    rejects_path: join(folder, 'r'),
  })
  const path = await writtenBy(plain, 'shopify_products', 'products.csv')
  const copy = await tenant('copy')
  const answer = await importFile(copy.context, { path, track: 'as-in-file' })
  expect(answer).toMatchObject({
    ok: true,
    rejected: 0,
    image_only: 1,
    unprotected: 1,
    products: 5,
  })
  expect(await levels(copy)).toEqual(await levels(plain))
  const text = await readFile(path, 'utf8')
  expect(text).toContain('"<p>A tote of heavy linen.</p>\n<p>""Sturdy"", says everyone.</p>"')
  expect(text).toContain('rib-sock-2.jpg')
  expect(await readFile(await writtenBy(copy, 'shopify_products', 'products-2.csv'), 'utf8')).toBe(
    text,
  )
})

test('an empty tenant exports a header alone', async () => {
  const empty = await tenant('empty')
  for (const format of fileFormats) {
    const text = await readFile(await writtenBy(empty, format, 'empty.csv'), 'utf8')
    expect(text.trim().split('\n')).toHaveLength(1)
  }
})

test('an unknown location is refused', async () => {
  const answer = await exportFile(source.context, { format: 'holdfast', location: 'moon' })
  expect(answer).toMatchObject({ ok: false, refusal: { code: 'unknown_location' } })
})

test('no cell is a formula, and each is read back as it was', () => {
  for (const text of [
    '=1+1',
    '+49 30',
    '-x',
    '@home',
    "'Tis",
    "''",
    '\tx',
    'plain',
    '-5',
    '+1.5',
    '',
  ]) {
    const cell = guarded(text)
    expect(cell).not.toMatch(/^[=@\t]|^[+-](?![\d.]+$)/)
    expect(readText(cell)).toBe(text)
    if (text.trim() === text) expect(readCode(cell)).toBe(text)
  }
})
