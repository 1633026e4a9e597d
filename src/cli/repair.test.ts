import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, stock } from '../../test/shop.ts'
import { runLine } from './testRun.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()
await stock(holdfast, { TEE: { berlin: 10 }, MUG: { berlin: 10 } })
const doctor = (...words: string[]) =>
  runLine(['--database-url', url, '--json', 'doctor', ...words])
const movements = async () =>
  (await asOwner(ownerUrl, 'select 1 from holdfast.inventory_transactions')).length

test('a repair shows itself first, needs --yes where nobody answers, and is done once', async () => {
  expect(await doctor('--repair', '--yes')).toMatchObject({ exit: 0, json: { corrections: [] } })
  const hold = await holdfast.reserve({ lines: [{ sku: 'TEE', quantity: 3 }] })
  expect(hold.ok).toBe(true)
  await asOwner(
    ownerUrl,
    `update holdfast.levels set held = held + 2 where held > 0;
     update holdfast.reservations set expires_at = null`,
  )
  const before = await movements()

  const shown = await doctor('--repair', '--dry-run')
  expect(shown).toMatchObject({ exit: 0, json: { dry_run: true, left: [] } })
  expect(shown.json?.['corrections']).toMatchObject([
    { sku: 'TEE', changes: [{ what: 'expires_at', from: null }] },
    { sku: 'TEE', changes: [{ what: 'held', from: 5, to: 3 }] },
  ])
  const words = await runLine(['--database-url', url, 'doctor', '--repair', '--dry-run'])
  expect(words.out).toContain('TEE at berlin: counters\n  held: 5 → 3\n')
  expect(words.out).toContain('2 corrections would be written, 0 findings left')

  expect((await doctor('--repair')).exit).toBe(2)
  expect(await movements()).toBe(before)
  expect((await doctor('--yes')).exit).toBe(2)

  expect(await doctor('--repair', '--yes', '--actor', '7')).toMatchObject({ exit: 0 })
  const written = await asOwner(
    ownerUrl,
    'select actor_id, reason from holdfast.inventory_transactions where kind = 15 order by version',
  )
  expect(written).toMatchObject([
    { actor_id: 7, reason: expect.stringMatching(/^repair: expires_at none to /) },
    { actor_id: 7, reason: 'repair: held 5 to 3' },
  ])
  expect(await doctor('--repair', '--yes')).toMatchObject({ exit: 0, json: { corrections: [] } })
  expect((await holdfast.verify()).findings).toEqual([])
})

test('what a person must do is said, and is exit 1', async () => {
  await asOwner(
    ownerUrl,
    `delete from holdfast.levels where sku_id = (select sku_id from holdfast.skus where code = 'MUG')`,
  )
  const left = await runLine(['--database-url', url, 'doctor', '--repair', '--yes'])
  expect(left).toMatchObject({ exit: 1 })
  expect(left.out).toContain('restore its row from a backup')
})
