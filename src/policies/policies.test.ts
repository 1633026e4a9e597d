import { beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, level, outcome, stock } from '../../test/shop.ts'
import { freezeClock } from '../../test/time/frozenClock.ts'
import type { NamedRule, RuleFields } from './policies.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)
const { policies } = holdfast
const NOW = '2026-11-27T12:00:00Z'

const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})

const set = (scope: NamedRule, fields: RuleFields) =>
  policies.set({ rules: [{ ...scope, fields }] })
const ruleOf = async (scope: NamedRule, fields: RuleFields) => {
  const [line] = granted(await set(scope, fields)).rules
  if (!line || 'refusal' in line) throw new Error('one line, that was done')
  return line
}
const policyOf = async (sku: string, sale: object = {}) =>
  granted(await policies.explain({ sku, ...sale }))
const clearAll = async () => {
  const { data } = granted(await policies.list({ limit: 250 }))
  if (data.length > 0) granted(await policies.clear({ rules: data.map(({ rule }) => ({ rule })) }))
}

beforeAll(async () => {
  await clock.set(NOW)
  await stock(holdfast, { TEE: { berlin: 10, paris: 10 }, MUG: { berlin: 10 }, CAP: { paris: 1 } })
  await holdfast.products.create({ handle: 'tee', title: 'Tee', option_names: [] })
  await holdfast.variants.create({ product: 'tee', sku: 'TEE', option_values: [] })
  await holdfast.channels.create({ code: 'web' })
})

describe('the chain', () => {
  test('without a rule the settings of the tenant decide all', async () => {
    expect(await policyOf('MUG')).toMatchObject({
      version: 0,
      policy: { hold_seconds: 1800, backorder_mode: 'deny', backorder_cap: 0, safety_stock: 0 },
      decided_by: { hold_seconds: 'default' },
      chain: [{ rule: 'default' }],
      tracked: { value: true, decided_by: 'sku' },
    })
  })

  test('any, location, product, SKU, channel, tier: the later word wins, field by field', async () => {
    const scopes: NamedRule[] = [
      {},
      { location: 'berlin' },
      { product: 'tee' },
      { sku: 'TEE' },
      { sku: 'TEE', location: 'berlin' },
      { channel: 'web' },
      { tier: 'vip' },
    ]
    for (const [n, scope] of scopes.entries()) {
      granted(await set(scope, { hold_seconds: 100 + n, ...(n < 3 && { silence_days: 10 + n }) }))
    }
    const seconds = async (sku: string, sale: object) =>
      (await policyOf(sku, sale)).policy.hold_seconds
    expect(await seconds('MUG', {})).toBe(100)
    expect(await seconds('MUG', { location: 'berlin' })).toBe(101)
    expect(await seconds('MUG', { location: 'paris' })).toBe(100)
    expect(await seconds('TEE', {})).toBe(103)
    expect(await seconds('TEE', { location: 'berlin' })).toBe(104)
    expect(await seconds('TEE', { location: 'berlin', channel: 'web' })).toBe(105)
    expect(await seconds('MUG', { channel: 'web', tier: 'vip' })).toBe(106)
    expect(await seconds('MUG', { channel: 'web', tier: 'other' })).toBe(105)
    const why = await policyOf('TEE', { location: 'berlin' })
    expect(why.policy).toMatchObject({ hold_seconds: 104, silence_days: 12 })
    expect(why.chain.map(({ decides }) => decides.includes('silence_days'))).toEqual([
      ...[false, false, false, true, false, false],
    ])
    await clearAll()
    expect((await policyOf('TEE')).version).toBe(0)
  })

  test('a rule that is bounded in time holds from its start to just before its end', async () => {
    const times = { starts_at: '2026-12-01T00:00:00Z', ends_at: '2026-12-02T00:00:00Z' }
    granted(await set({ sku: 'MUG' }, { hold_seconds: 900 }))
    granted(await set({ sku: 'MUG', ...times }, { hold_seconds: 60 }))
    const at = async (instant: string) =>
      (await policyOf('MUG', { at: instant })).policy.hold_seconds
    expect(await at('2026-11-30T23:59:59.999Z')).toBe(900)
    expect(await at('2026-12-01T00:00:00Z')).toBe(60)
    expect(await at('2026-12-01T23:59:59.999Z')).toBe(60)
    expect(await at('2026-12-02T00:00:00Z')).toBe(900)
    await clearAll()
  })
})

describe('versions', () => {
  test('a change closes a version and writes the next; history shows who and what', async () => {
    const admin = await holdfast.forTenant('default', { actor_id: 7 })
    const first = await ruleOf({ sku: 'CAP' }, { hold_seconds: 60 })
    const rules = [{ sku: 'CAP', fields: { hold_seconds: 90, ship_complete: true } }]
    granted(await admin.policies.set({ rules }))
    const again = granted(await admin.policies.set({ rules }))
    expect(again.rules).toMatchObject([{ changed: false, rule: first.rule }])
    granted(await admin.policies.clear({ rules: [{ rule: first.rule }] }))
    const { data } = granted(await policies.history({ sku: 'CAP' }))
    expect(data).toMatchObject([
      { fields: { hold_seconds: 90, ship_complete: true }, changed_by: 7, closed_by: 7 },
      { fields: { hold_seconds: 60 }, changed_by: null, closed_by: 7 },
    ])
    expect(data.every(({ rule, closed_at }) => rule === first.rule && closed_at !== null)).toBe(
      true,
    )
    expect(granted(await policies.list({ sku: 'CAP' })).data).toEqual([])
    const events = await asOwner(
      ownerUrl,
      `select e.data -> 'before' as before, e.data -> 'after' as after from holdfast.events e
       where e.type = 'policy.changed' and e.data ->> 'sku' = 'CAP' order by e.event_id`,
    )
    expect(events).toEqual([
      { before: {}, after: { hold_seconds: 60 } },
      { before: { hold_seconds: 60 }, after: { hold_seconds: 90, ship_complete: true } },
      { before: { hold_seconds: 90, ship_complete: true }, after: {} },
    ])
  })

  test('a field that is null is said nothing of; a rule that says nothing is no rule', async () => {
    await ruleOf({ sku: 'CAP' }, { hold_seconds: 60, silence_days: 3 })
    expect(await ruleOf({ sku: 'CAP' }, { hold_seconds: null })).toMatchObject({
      fields: { silence_days: 3 },
    })
    await ruleOf({ sku: 'CAP' }, { silence_days: null })
    expect(granted(await policies.list({ sku: 'CAP' })).data).toEqual([])
    expect(await set({ sku: 'CAP' }, { silence_days: null })).toEqual(
      refused('invalid_request', { field: 'rules.0.fields', line: 1 }),
    )
    expect(await policies.clear({ rules: [{ sku: 'CAP' }] })).toEqual(refused('rule_not_found'))
  })

  test('two who set the same rule at once make one rule of two versions', async () => {
    const both = await Promise.all([
      set({ tier: 'twin' }, { hold_seconds: 60 }),
      set({ tier: 'twin' }, { silence_days: 3 }),
    ])
    expect(both.map(outcome)).toEqual(['ok', 'ok'])
    expect(granted(await policies.list({ tier: 'twin' })).data).toMatchObject([
      { fields: { hold_seconds: 60, silence_days: 3 } },
    ])
    await clearAll()
  })

  test('all or nothing, each, and only tried', async () => {
    const good = { sku: 'MUG', fields: { hold_seconds: 60 } }
    const bad = { sku: 'NONE', fields: { hold_seconds: 60 } }
    expect(await policies.set({ rules: [good, bad] })).toEqual(
      refused('unknown_sku', { line: 2, field: 'rules.1' }),
    )
    const tried = granted(await policies.set({ rules: [good], dry_run: true }))
    expect(tried.rules).toMatchObject([{ changed: true }])
    expect(granted(await policies.list()).data).toEqual([])
    const each = granted(await policies.set({ rules: [good, bad, good], mode: 'each' }))
    expect(each.rules).toMatchObject([
      { changed: true },
      { refusal: { code: 'unknown_sku', line: 2 } },
      { changed: false },
    ])
    await clearAll()
  })
})

describe('safety stock', () => {
  const kept = async () => [
    (await level(holdfast, 'TEE', 'berlin')).safety_stock,
    (await level(holdfast, 'TEE', 'paris')).safety_stock,
    (await level(holdfast, 'MUG', 'berlin')).safety_stock,
  ]

  test('stands in the levels of the rule, and goes with it', async () => {
    granted(await set({ location: 'berlin' }, { safety_stock: 1 }))
    expect(await kept()).toEqual([1, 0, 1])
    granted(await set({ product: 'tee' }, { safety_stock: 2 }))
    expect(await kept()).toEqual([2, 2, 1])
    granted(await set({ sku: 'TEE', location: 'paris' }, { safety_stock: 3 }))
    expect(await kept()).toEqual([2, 3, 1])
    granted(await policies.clear({ rules: [{ product: 'tee' }] }))
    expect(await kept()).toEqual([1, 3, 1])
    const lines = [{ sku: 'TEE', location: 'paris', quantity: 8 }]
    expect(outcome(await holdfast.reserve({ lines }))).toBe('insufficient_stock')
  })

  test('a level that is made later has it at once', async () => {
    granted(await holdfast.receive({ lines: [{ sku: 'CAP', location: 'berlin', quantity: 4 }] }))
    expect((await level(holdfast, 'CAP', 'berlin')).safety_stock).toBe(1)
    await clearAll()
    expect((await level(holdfast, 'CAP', 'berlin')).safety_stock).toBe(0)
  })
})

describe('bad input', () => {
  const wrong: [string, NamedRule, RuleFields][] = [
    ['ends_at', { starts_at: '2027-01-02T00:00:00Z', ends_at: '2027-01-01T00:00:00Z' }, {}],
    ['ends_at', { ends_at: NOW }, {}],
    ['ends_at', { ends_at: 'tomorrow' }, {}],
    ['starts_at', { starts_at: '2026-11-27T11:59:59Z' }, {}],
    ['product', { product: 'tee', sku: 'TEE' }, {}],
    ['rule', { rule: 1, sku: 'TEE' }, {}],
    ['fields.backorder_cap', {}, { backorder_cap: -1 }],
    ['fields.backorder_cap', {}, { backorder_cap: 1.5 }],
    ['fields.backorder_cap', {}, { backorder_cap: '5' as never }],
    ['fields.backorder_mode', {}, { backorder_mode: 'maybe' as never }],
    ['fields.lead_days_max', {}, { lead_days_min: 5, lead_days_max: 4 }],
    ['fields.lead_days_min', {}, { lead_days_max: 4 }],
    ['fields.scarce_below', {}, { scarce_below: 4 }],
    ['fields.capacity_per_week', {}, { capacity_per_week: 0 }],
    ['fields.ship_from', {}, { ship_from: '2026-11-25', ship_to: '2026-12-25' }],
    ['fields.ship_to', {}, { ship_from: '2026-12-25', ship_to: '2026-12-24' }],
    ['fields.ship_from', {}, { ship_from: '2027-02-29', ship_to: '2027-03-01' }],
    ['fields.ship_from', {}, { backorder_mode: 'pre_order' }],
    ['fields.safety_stock', { channel: 'web' }, { safety_stock: 1 }],
    ['fields.safety_stock', { ends_at: '2027-01-01T00:00:00Z' }, { safety_stock: 1 }],
    ['fields.colour', {}, { colour: 'red' } as never],
  ]
  test.each(wrong)('%s is refused: %j %j', async (field, scope, fields) => {
    const answer = await set(scope, Object.keys(fields).length > 0 ? fields : { hold_seconds: 60 })
    expect(answer).toEqual(refused('invalid_request', { field: `rules.0.${field}`, line: 1 }))
    expect(granted(await policies.list()).data).toEqual([])
  })

  test.each([
    ['unknown_sku', { sku: 'NONE' }],
    ['product_not_found', { product: 'none' }],
    ['unknown_location', { location: 'none' }],
    ['unknown_channel', { channel: 'none' }],
    ['rule_not_found', { rule: 4711 }],
  ])('%s', async (code, scope) => {
    expect(await set(scope, { hold_seconds: 60 })).toEqual(refused(code, { line: 1 }))
  })

  test('a cap below what is backordered is refused with the level; to deny is not', async () => {
    await asOwner(
      ownerUrl,
      `update holdfast.levels l set backordered = 3, backorder_ceiling = 3
       where l.sku_id = (select s.sku_id from holdfast.skus s where s.code = 'MUG')`,
    )
    granted(await set({ sku: 'MUG' }, { backorder_mode: 'allow', backorder_cap: 3 }))
    const levels = [{ sku: 'MUG', location: 'berlin', cap: 2, promised: 3 }]
    expect(await set({ sku: 'MUG' }, { backorder_cap: 2 })).toEqual(
      refused('cap_below_promised', { levels, field: 'rules.0.fields.backorder_cap' }),
    )
    expect(await policies.clear({ rules: [{ sku: 'MUG' }] })).toEqual(refused('cap_below_promised'))
    expect((await policyOf('MUG')).policy.backorder_cap).toBe(3)
    granted(await set({ sku: 'MUG' }, { backorder_mode: 'deny' }))
    await asOwner(
      ownerUrl,
      'update holdfast.levels set backordered = 0, backorder_ceiling = 0 where backordered > 0',
    )
    await clearAll()
  })
})
