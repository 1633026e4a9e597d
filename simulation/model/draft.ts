import fc from 'fast-check'
import type { Asked, AskedLine } from '../calls.ts'
import { CHANNELS } from './buffers.ts'
import { type State, unitsIn } from './stock.ts'
import { type Decide, levelOf, type World } from './world.ts'

/** A verb in the model: how often it is drawn, what is asked, what should happen. */
export type ModelVerb = {
  verb: string
  /** Drawn only where policies let units wait for supply, or where there are channels. */
  room?: Room
  weight: number
  draw: fc.Arbitrary<Draft>
  decide: Decide
}

export type Room = 'queue' | 'channels'

/** A request whose ids are not known yet: of which reservation, under which id of its own. */
export type Draft = { of?: number; id?: number; fields: Asked }

/** The codes of a run: two SKUs, a pack, two kits, one untracked, one that is nobody's. */
export const SKUS = ['A', 'B', 'A3', 'K', 'X', 'P', 'NOPE'] as const
/** SKUs with levels of their own, as SQL; $2 names the run. */
export const COUNTED_SKUS = `'A-' || $2, 'B-' || $2, 'X-' || $2`
export const PACK_FACTOR = 3
export const LOCATIONS = ['berlin', 'paris', 'rome']

export const rarely = <Usual, Rare>(usual: fc.Arbitrary<Usual>, rare: Rare, weight = 40) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: fc.constant(rare) })

const tracked = fc.constantFrom('A', 'A', 'A', 'B', 'B', 'A3', 'X')
const sku = rarely(
  fc.oneof(
    { weight: 8, arbitrary: tracked },
    { weight: 3, arbitrary: fc.constantFrom('P', 'K', 'K') },
  ),
  'NOPE',
)
const quantity = rarely(fc.integer({ min: 1, max: 5 }), 0)
export const place = rarely(fc.constantFrom('berlin', 'berlin', 'paris'), 'nowhere')

/** One of the newest, the newest first. */
export const ofReservation = fc.oneof(fc.nat(2), fc.nat(7))
export const flag = (weight: number) =>
  fc.oneof(
    { weight, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(true as const) },
  )
/** Who sells, where there are channels. */
export const channel = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(undefined, ...CHANNELS) },
  { weight: 1, arbitrary: fc.constant('nobody') },
)
export const orderReference = fc.constantFrom('o-1', 'o-1', 'o-2')
export const holdSeconds = fc.constantFrom(undefined, undefined, 10, 60, 600, 20_000)

const line = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<AskedLine> =>
  fc.record({ sku, quantity, ...fields }) as fc.Arbitrary<AskedLine>

/** Lines of a cart: at a place, or anywhere; some may not wait for supply, or ship whole. */
export const cart = fc.array(
  line({
    location: fc.oneof(place, place, fc.constantFrom(undefined, 'anywhere')),
    backorder: fc.oneof(
      { weight: 8, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom('none', 'whole', 'mixed') },
    ),
  }),
  { minLength: 1, maxLength: 3 },
)

/** Lines that name parts of a reservation; often none, which is all of it. */
export const someParts = (fields: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.oneof(
    fc.constant(undefined),
    fc.array(line({ location: fc.oneof(fc.constant(undefined), place), ...fields }), {
      minLength: 1,
      maxLength: 2,
    }),
  )

export const state = fc.constantFrom(undefined, 'damaged', 'quality_control', 'set_aside')

/** `seen` becomes change_from: what the state has now, and so many units more. */
const seen = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0, 1) },
)

export const stockLines = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({
    lines: fc.array(
      line({ sku: rarely(rarely(tracked, 'K'), 'NOPE'), location: place, seen, ...fields }),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    mode: fc.constantFrom(undefined, 'each', 'all_or_nothing'),
  })

export const draft = (of: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Draft> => {
  const { of: reservation = fc.constant(undefined), id = fc.constant(undefined), ...fields } = of
  return fc.record({ of: reservation, id, fields: fc.record(fields) }) as fc.Arbitrary<Draft>
}

/** The request itself: with codes of this run, ids of this world, and nothing undefined. */
export const requestOf = (
  world: World,
  { of, id, fields }: Draft,
  run: { name: string; ids: string[]; reservations: string[] },
): Asked => {
  const own = (code: unknown): string => `${code}-${run.name}`
  const lines = fields.lines?.map(({ supply, ...each }) =>
    lineOf(world, {
      ...each,
      sku: own(each.sku),
      ...(supply === undefined ? {} : { supply: own(supply) }),
    }),
  )
  const rules = (fields['rules'] as { sku: string }[] | undefined)?.map(rule => ({
    ...rule,
    sku: own(rule.sku),
  }))
  const { sku, code, expected_on } = fields
  const ids = run.reservations
  const request: Asked = {
    ...fields,
    ...(lines ? { lines } : {}),
    ...(rules ? { rules } : {}),
    ...(sku === undefined ? {} : { sku: own(sku) }),
    ...(code === undefined || isChannel(code) ? {} : { code: own(code) }),
    ...(expected_on === undefined ? {} : { expected_on: dayOf(world, Number(expected_on)) }),
    ...(world.channels.length > 0 ? {} : { channel: undefined }),
    ...(of === undefined ? {} : { reservation_id: ids[ids.length - 1 - of] ?? run.ids[0] ?? '' }),
    ...(id === undefined ? {} : { id: run.ids[id] }),
  }
  return JSON.parse(JSON.stringify(request)) as Asked
}

/** Channels are the tenant's: their codes name no run. */
const isChannel = (code: unknown): boolean => CHANNELS.some(channel => channel === code)

/** A day so many days from now. */
const dayOf = (world: World, days: number): string =>
  new Date(world.now_ms + days * 86_400_000).toISOString().slice(0, 10)

const lineOf = (world: World, { seen: more, ...line }: AskedLine): AskedLine => {
  const known = world.codes[line.sku]
  const level = known && levelOf(world, known.sku, line.location ?? null)
  if (more === undefined || !level) return line
  const of = (line['state'] ?? line['from'] ?? 'available') as State
  return { ...line, change_from: unitsIn(world, level, of) + Number(more) }
}
