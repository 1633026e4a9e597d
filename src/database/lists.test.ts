import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { plainList, textList } from './lists.ts'

const ODD = ['', 'null', 'NULL', '"', '\\', 'a,b', '{}', ' x ', "'", '\n', '\\"', 'é😀', null]

test('numbers, UUIDs and any texts come back as they were sent', async () => {
  const { url } = await freshDatabase()
  const client = new pg.Client(url)
  await client.connect()
  const ids = ['0190b5a4-0000-7000-8000-000000000001', null]
  const { rows } = await client.query({
    text: 'select $1::int[] as numbers, $2::uuid[] as ids, $3::text[] as texts, $4::int[] as none',
    values: [plainList([1, null, -7]), plainList(ids), textList(ODD), plainList([])],
  })
  await client.end()
  expect(rows[0]).toEqual({ numbers: [1, null, -7], ids, texts: ODD, none: [] })
})
