import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { granted, outcome, stock } from '../../test/shop.ts'
import { freezeClock } from '../../test/time/frozenClock.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)
const NOW = Date.parse('2026-11-27T12:00:00Z')

const SHOP = {
  TEE: { berlin: 20 },
  MUG: { berlin: 20 },
  RARE: { berlin: 5 },
  PLAIN: { berlin: 20 },
}

beforeAll(async () => {
  await clock.set(new Date(NOW).toISOString())
  await stock(holdfast, { ...SHOP, PDF: null })
  await holdfast.channels.create({ code: 'web' })
  granted(
    await holdfast.policies.set({
      rules: [
        { sku: 'TEE', fields: { hold_seconds: 7_200, extension_count_max: 1 } },
        { sku: 'MUG', fields: { hold_seconds: 600, order_hold_seconds: 1_200 } },
        { sku: 'RARE', fields: { scarce_below: 3, scarce_hold_seconds: 120 } },
        { sku: 'PDF', fields: { hold_seconds: 60 } },
        { channel: 'web', fields: { hold_seconds: 300 } },
        { tier: 'vip', fields: { hold_seconds: 9_000, hold_life_seconds_max: 10_000 } },
      ],
    }),
  )
})

const line = (sku: string, quantity = 1) => ({ sku, location: 'berlin', quantity })
const window = (answer: { expires_at: string | null }): number =>
  (Date.parse(answer.expires_at as string) - NOW) / 1_000
const cart = async (skus: string[], more: object = {}) => {
  const answer = granted(await holdfast.reserve({ lines: skus.map(sku => line(sku)), ...more }))
  granted(await holdfast.release({ reservation_id: answer.reservation_id }))
  return answer
}

test.each([
  [['PLAIN'], {}, 1_800],
  [['TEE'], {}, 7_200],
  [['TEE', 'MUG'], {}, 600],
  [['TEE', 'PLAIN'], {}, 1_800],
  [['PDF', 'TEE'], {}, 60],
  [['TEE'], { channel: 'web' }, 300],
  [['TEE'], { channel: 'web', tier: 'vip' }, 9_000],
  [['TEE'], { hold_seconds: 77 }, 77],
  [['MUG', 'TEE'], { order_reference: 'o' }, 1_200],
])('%j with %j is held for %i seconds, by both paths alike', async (skus, more, seconds) => {
  const careful = { ...more, tags: ['careful'] }
  expect(window(await cart(skus, careful))).toBe(seconds)
  expect(window(await cart(skus, more))).toBe(seconds)
})

test('a grant carries the newest policy of its lines, and none where no rule has a say', async () => {
  const version = async (sku: string) => {
    const why = granted(await holdfast.policies.explain({ sku, location: 'berlin' }))
    return why.version
  }
  for (const more of [{}, { tags: ['careful'] }]) {
    expect(await cart(['PLAIN'], more)).not.toHaveProperty('policy_version')
    expect((await cart(['TEE'], more)).policy_version).toBe(await version('TEE'))
    expect((await cart(['TEE', 'MUG'], more)).policy_version).toBe(await version('MUG'))
  }
})

test('a key repeats the same answer to the letter, with its policy', async () => {
  const lines = [line('TEE')]
  const first = granted(await holdfast.reserve({ lines }, { key: 'k' }))
  const again = granted(await holdfast.reserve({ lines }, { key: 'k' }))
  const { replayed, ...repeated } = again
  expect(replayed).toBe(true)
  expect(JSON.stringify(repeated)).toBe(JSON.stringify(first))
  granted(await holdfast.release({ reservation_id: first.reservation_id }))
})

test('what leaves little for others is held for the scarce window', async () => {
  const two = granted(await holdfast.reserve({ lines: [line('RARE', 2)] }))
  expect(window(two)).toBe(1_800)
  const one = granted(await holdfast.reserve({ lines: [line('RARE')] }))
  expect(window(one)).toBe(120)
  const order = granted(await holdfast.reserve({ lines: [line('RARE')], order_reference: 'o' }))
  expect(window(order)).toBe(3_600)
  for (const { reservation_id } of [two, one, order]) {
    granted(await holdfast.release({ reservation_id }))
  }
})

test('extend and amend follow the policies of the lines', async () => {
  const { reservation_id } = granted(await holdfast.reserve({ lines: [line('PLAIN')] }))
  expect(window(granted(await holdfast.extend({ reservation_id })))).toBe(1_800)
  const lines = [line('TEE')]
  expect(window(granted(await holdfast.amend({ reservation_id, lines })))).toBe(7_200)
  const answer = await holdfast.extend({ reservation_id })
  expect(outcome(answer)).toBe('extension_limit')
  granted(await holdfast.release({ reservation_id }))
  const vip = granted(await holdfast.reserve({ lines, tier: 'vip' }))
  const longer = { reservation_id: vip.reservation_id, hold_seconds: 20_000 }
  expect(window(granted(await holdfast.extend(longer)))).toBe(10_000)
})

test('a change of a rule is heard by the very next cart, a campaign by the clock', async () => {
  const set = (rules: object[]) => holdfast.policies.set({ rules } as never)
  expect(window(await cart(['PLAIN']))).toBe(1_800)
  granted(await set([{ sku: 'PLAIN', fields: { hold_seconds: 90 } }]))
  expect(window(await cart(['PLAIN']))).toBe(90)
  const starts_at = new Date(NOW + 60_000).toISOString()
  granted(await set([{ sku: 'PLAIN', starts_at, fields: { hold_seconds: 45 } }]))
  expect(window(await cart(['PLAIN']))).toBe(90)
  await clock.setNear(starts_at, -1)
  expect(window(await cart(['PLAIN']))).toBeCloseTo(150, 1)
  await clock.set(starts_at)
  expect(window(await cart(['PLAIN']))).toBe(105)
  granted(await holdfast.policies.clear({ rules: [{ sku: 'PLAIN' }, { sku: 'PLAIN', starts_at }] }))
  expect(window(await cart(['PLAIN']))).toBe(1_860)
})
