import { Ajv2020 } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { read, sql } from '../../test/houseFiles.ts'
import { granted, stock } from '../../test/shop.ts'
import { eventTypes } from './catalogue.ts'

const names = eventTypes.map(({ type }) => type).sort()

test('the code writes the types of the catalogue, and no others', () => {
  const texts = sql
    .filter(path => !path.includes('/catalog') && !path.includes('/mail/queueMails')) // it reads
    .map(read)
    .join('\n')
  const literals = [
    ...texts.matchAll(
      /'((?:level|reservation|backorder|promise|supply|policy|audit|webhook)\.[a-z_]+)'/g,
    ),
  ]
  const written = new Set([...literals.map(([, type]) => type as string)])
  expect([...written].sort()).toEqual(names)
})

test('the reference names every type, and no other', () => {
  const page = read('docs/reference/events.md')
  const rows = [...page.matchAll(/^\| `([a-z]+\.[a-z_]+)` \|/gm)].map(([, type]) => type)
  expect(rows.sort()).toEqual(names)
})

const addFormats = formatsPlugin as unknown as (ajv: Ajv2020) => void

test('every event that is told has the shape of its type', async () => {
  const { holdfast } = await freshDatabase()
  const line = (quantity: number, sku = 'TEE') => ({ sku, location: 'berlin', quantity })
  await stock(holdfast, { TEE: { berlin: 5 }, PDF: null })
  await holdfast.events.feed()
  granted(await holdfast.policies.set({ rules: [{ fields: { low_stock_threshold: 3 } }] }))
  const { reservation_id } = granted(
    await holdfast.reserve({ lines: [line(3), { sku: 'PDF', quantity: 1 }] }),
  )
  await holdfast.events.feed()
  granted(await holdfast.extend({ reservation_id }))
  granted(await holdfast.commit({ reservation_id, order_reference: '#1' }))
  granted(await holdfast.reserve({ lines: [line(2)] }))
  await holdfast.events.feed()
  granted(await holdfast.receive({ lines: [line(4)] }))
  granted(await holdfast.set({ lines: [line(0)] }))
  await holdfast.events.feed()
  const { data } = granted(await holdfast.events.list({ limit: 250 }))
  expect(new Set(data.map(({ type }) => type)).size).toBeGreaterThan(6)
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats(ajv)
  const wrong = data.flatMap(({ type, data: facts }) => {
    const found = eventTypes.find(each => each.type === type)
    const fits = ajv.compile(found?.schema ?? false)
    return fits(facts) ? [] : [`${type}: ${ajv.errorsText(fits.errors)}`]
  })
  expect(wrong).toEqual([])
})
