import fc from 'fast-check'
import type { AskedLine } from '../../calls.ts'
import type { ModelVerb } from '../draft.ts'
import { stockVerb } from '../stock.ts'
import {
  type Decide,
  type Expected,
  makeLevel,
  refused,
  type Supply,
  type World,
} from '../world.ts'
import { received } from './receive.ts'

const code = fc.constantFrom('S1', 'S1', 'S2', 'S3', 'S4')
/** Days from now; one that has gone by is refused. */
const days = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 3, max: 60 }) },
  { weight: 1, arbitrary: fc.constant(-4) },
)

const shown = ({ quantity, received: come, state }: Supply): Expected => ({
  ok: true,
  facts: { quantity, received: come, state, open: state === 'open' ? quantity - come : 0 },
})

const today = (world: World): string => new Date(world.now_ms).toISOString().slice(0, 10)

/** The days that a request names; the last moves with the first. */
const daysOf = (request: Record<string, unknown>, before?: Supply): [string, string] => {
  const first = (request['expected_on'] as string | undefined) ?? before?.expected_on ?? ''
  const named = request['expected_to'] as string | undefined
  if (named !== undefined) return [first, named]
  if (!before) return [first, first]
  const length = Date.parse(before.expected_to) - Date.parse(before.expected_on)
  return [first, new Date(Date.parse(first) + length).toISOString().slice(0, 10)]
}

const isUnfit = (world: World, [first, last]: [string, string]): boolean =>
  first < today(world) || last < first

const book: Decide = (world, request) => {
  const { sku: named, location, quantity } = request as unknown as AskedLine
  const known = world.codes[named]
  if (!known) return refused('unknown_sku')
  if (!world.locations.includes(location ?? '')) return refused('unknown_location')
  if (quantity < 1) return refused('invalid_quantity')
  const [expected_on, expected_to] = daysOf(request)
  if (isUnfit(world, [expected_on, expected_to])) return refused('invalid_request')
  if (!known.tracked || known.kit) return refused('invalid_request')
  const name = request['code'] as string
  if (world.supply[name]) return refused('supply_exists')
  makeLevel(world, known.sku, location as string)
  const supply: Supply = {
    ...{ sku: known.sku, location: location as string, quantity: quantity * known.factor },
    ...{ received: 0, state: 'open', expected_on, expected_to },
  }
  world.supply = { ...world.supply, [name]: supply }
  return shown(supply)
}

/** Supply that is open still, or why not. */
const openSupply = (world: World, name: unknown): Supply | Expected => {
  const supply = world.supply[name as string]
  if (!supply) return refused('supply_not_found')
  return supply.state === 'open' ? supply : refused('supply_closed')
}

const update: Decide = (world, request) => {
  const supply = openSupply(world, request['code'])
  if ('ok' in supply) return supply
  const span = daysOf(request, supply)
  const moved = span[0] !== supply.expected_on || span[1] !== supply.expected_to
  if (moved && isUnfit(world, span)) return refused('invalid_request')
  const quantity = (request['quantity'] as number | undefined) ?? supply.quantity
  if (quantity < supply.received) return refused('exceeds_ordered')
  const state = quantity === 0 ? 'cancelled' : quantity === supply.received ? 'short' : 'open'
  const after: Supply = {
    ...supply,
    ...{ state, expected_on: span[0], expected_to: span[1] },
    quantity: quantity === 0 ? supply.quantity : quantity,
  }
  world.supply = { ...world.supply, [request['code'] as string]: after }
  return shown(after)
}

const cancel: Decide = (world, request) => {
  const supply = openSupply(world, request['code'])
  if ('ok' in supply) return supply
  const after: Supply = { ...supply, state: supply.received > 0 ? 'short' : 'cancelled' }
  world.supply = { ...world.supply, [request['code'] as string]: after }
  return shown(after)
}

/** All that is open comes, or so many; as a line of receive that names the supply. */
const receiveIt: Decide = (world, request, choose, newId) => {
  const name = request['code'] as string
  const supply = openSupply(world, name)
  if ('ok' in supply) return supply
  const { sku, location, quantity, received: come } = supply
  const line = {
    ...{ sku, location, supply: name, over: request['over'] },
    quantity: (request['quantity'] as number | undefined) ?? quantity - come,
  }
  return stockVerb(units => units >= 1, received)(world, { lines: [line] }, choose, newId)
}

const verb = (name: string, weight: number, draw: ModelVerb['draw'], decide: Decide) =>
  ({ verb: `supply.${name}`, room: 'queue', weight, draw, decide }) satisfies ModelVerb

const drawn = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ code, ...fields }).map(of => ({ fields: of }))

const maybe = <Of>(of: fc.Arbitrary<Of>) => fc.oneof(fc.constant(undefined), of)

export const supplyVerbs: ModelVerb[] = [
  verb(
    'book',
    3,
    drawn({
      sku: fc.constantFrom('A', 'A', 'B', 'A3', 'P', 'K'),
      location: fc.constantFrom('berlin', 'berlin', 'paris'),
      quantity: fc.integer({ min: 1, max: 6 }),
      expected_on: days,
    }),
    book,
  ),
  verb('update', 3, drawn({ expected_on: maybe(days), quantity: maybe(fc.nat(6)) }), update),
  verb('cancel', 1, drawn({}), cancel),
  verb(
    'receive',
    3,
    drawn({
      quantity: maybe(fc.integer({ min: 1, max: 4 })),
      over: fc.constantFrom(undefined, true),
    }),
    receiveIt,
  ),
]
