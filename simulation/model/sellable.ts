import { isDeepStrictEqual } from 'node:util'
import { engineSchema } from '../../src/database/statements.ts'
import { CHANNELS, sellableTo } from './buffers.ts'
import { COUNTED_SKUS } from './draft.ts'
import { kitPlaces } from './kits.ts'
import { levelOf, sellsFrom, type World } from './world.ts'

/** What a read says that a channel, or whoever names none, may sell of a SKU at a location. */
export type Sellable = {
  tenant_id: number
  channel: string | null
  sku: string
  location: string
  sellable: number
}

export const sellableText = `
  select t as tenant_id, c as channel, d ->> 'sku' as sku, l ->> 'location' as location,
    (l ->> 'sellable')::float8 as sellable
  from unnest($1::int[]) as t
  cross join unnest(array[${CHANNELS.map(channel => `'${channel}'`).join(', ')}, null]) as c
  cross join lateral ${engineSchema}.read(t, 'availability', jsonb_build_object(
    'skus', jsonb_build_array(${COUNTED_SKUS}, 'K-' || $2), 'channel', c)) as a
  cross join lateral jsonb_array_elements(a -> 'data') as d
  cross join lateral jsonb_array_elements(d -> 'locations') as l`

const sellableAt = (world: World, { channel, sku, location }: Sellable): number | undefined => {
  const by = channel ?? undefined
  const { kit } = world.codes[sku] ?? {}
  if (kit) return kitPlaces(world, kit, location, new Map(), by)[0]?.kits
  const level = sellsFrom(world, by, location) ? levelOf(world, sku, location) : undefined
  return level && Math.max(0, sellableTo(world, level, by))
}

/** What reads say otherwise than the model. */
export const sellableDifference = (world: World, said: Sellable[]): string | undefined => {
  const should = said.map(of => ({ ...of, sellable: sellableAt(world, of) }))
  const at = should.findIndex((of, index) => !isDeepStrictEqual(of, said[index]))
  if (at < 0) return undefined
  return `a read says ${JSON.stringify(said[at])}\n  the model ${JSON.stringify(should[at])}`
}
