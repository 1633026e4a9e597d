import fc from 'fast-check'
import { CHANNELS } from '../buffers.ts'
import type { ModelVerb } from '../draft.ts'
import { ruleOf } from '../queue.ts'
import { type Decide, type Rule, refused, type World, waitingAt } from '../world.ts'

type Line = { sku: string; tier?: string; fields: Partial<Rule> }
type ShareLine = { sku: string; channel: string; location?: string } & {
  fields: { share_percent: number }
}

/** A rule says what it is told, and keeps the rest; a cap is never below what is promised. */
const decide: Decide = (world, request) => {
  const before = world.rules
  for (const line of request['rules'] as (Line | ShareLine)[]) {
    if ('channel' in line) {
      setShare(world, line)
      continue
    }
    const { sku: code, fields } = line
    const sku = world.codes[code]?.sku ?? code
    const rule = { ...ruleOf(world, sku), ...fields }
    world.rules = { ...world.rules, [sku]: rule }
    const below = Object.values(world.levels).some(
      level => level.sku === sku && waitingAt(world, level) > rule.backorder_cap,
    )
    if (below && fields.backorder_cap !== undefined) {
      world.rules = before
      return refused('cap_below_promised')
    }
  }
  return { ok: true, facts: {} }
}

const setShare = (world: World, { sku: code, channel, location, fields }: ShareLine): void => {
  const of = { sku: world.codes[code]?.sku ?? code, channel, location: location ?? null }
  const others = world.shares.filter(
    each => each.sku !== of.sku || each.channel !== channel || each.location !== of.location,
  )
  world.shares = [...others, { ...of, percent: fields.share_percent }]
}

const fields = fc.record(
  {
    backorder_mode: fc.constantFrom('allow', 'allow', 'allow', 'deny'),
    backorder_cap: fc.integer({ min: 0, max: 6 }),
    release_delay_seconds: fc.constantFrom(0, 0, 600),
    ship_complete: fc.constantFrom(false, false, true),
    lead: fc.constantFrom(undefined, [1, 3], [5, 9]),
  },
  { requiredKeys: ['backorder_mode', 'backorder_cap'] },
)

export const setPolicies: ModelVerb = {
  verb: 'policies.set',
  room: 'queue',
  weight: 2,
  draw: fc
    .record({ sku: fc.constantFrom('A', 'B', 'X'), fields })
    .map(({ sku, fields: { lead, ...said } }) => {
      const days = lead ? { lead_days_min: lead[0], lead_days_max: lead[1] } : {}
      return { fields: { rules: [{ sku, fields: { ...said, ...days } }] } }
    }),
  decide,
}

/** A channel may sell a part of what is free for all. */
export const setShares: ModelVerb = {
  verb: 'policies.set',
  room: 'channels',
  weight: 2,
  draw: fc
    .record({
      sku: fc.constantFrom('A', 'A', 'B', 'X'),
      channel: fc.constantFrom(...CHANNELS),
      location: fc.constantFrom(undefined, undefined, 'berlin'),
      share_percent: fc.constantFrom(0, 25, 50, 70, 100),
    })
    .map(({ share_percent, ...of }) => ({
      fields: { rules: [{ ...of, fields: { share_percent } }] },
    })),
  decide,
}
