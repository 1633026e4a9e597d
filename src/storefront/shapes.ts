import Type from 'typebox'
import { closed, Instant, orNull, pageOf, pageQuery, QUANTITY_MAX, text } from '../shapes.ts'

const Origins = Type.Array(text(255, 'As browsers name it.', ['https://shop.example']), {
  minItems: 1,
  maxItems: 100,
  description: 'Of the pages that may use the key; http:// only of this machine.',
})
const Channel = text(100, 'The code of the channel by which its carts are sold.', ['web'])
const count = (most: number, description: string, minimum = 1) =>
  Type.Integer({ minimum, maximum: most, description })

const UnitsMax = count(QUANTITY_MAX, 'Units, in all lines, that a browser may hold; else 20.')
const LinesMax = count(500, 'Lines of a cart; else 50.')
const ShownMax = orNull(
  count(QUANTITY_MAX, 'More available units are shown as so many; null: as they are.', 0),
)
const CallsPerMinute = count(1_000_000, 'Calls a minute from one address; else 300.')

const limits = {
  channel: Type.Optional(orNull(Channel)),
  units_max: Type.Optional(UnitsMax),
  lines_max: Type.Optional(LinesMax),
  shown_max: Type.Optional(ShownMax),
  calls_per_minute: Type.Optional(CallsPerMinute),
}

export const PublishableKey = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    replayed: Type.Optional(Type.Literal(true)),
    key_id: Type.Integer(),
    name: Type.String(),
    key: Type.String({ description: 'The key itself: no secret.' }),
    origins: Type.Array(Type.String()),
    channel: orNull(Type.String()),
    units_max: Type.Integer(),
    lines_max: Type.Integer(),
    shown_max: orNull(Type.Integer()),
    calls_per_minute: Type.Integer(),
    created_at: Instant,
    revoked_at: orNull(Instant),
  },
  { $id: 'PublishableKey', description: 'A key for the pages of a shop.' },
)

export const CreatePublishableKey = closed({
  name: text(255, 'What the key is for.', ['web shop']),
  origins: Origins,
  ...limits,
})

export const UpdatePublishableKey = closed(
  {
    name: Type.Optional(text(255, 'What the key is for.', ['web shop'])),
    origins: Type.Optional(Origins),
    ...limits,
  },
  { minProperties: 1 },
)

export const PublishableKeyId = closed({
  key_id: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'Its number.' }),
})

export const ListPublishableKeys = closed({
  ...pageQuery(['created_at', '-created_at', 'name', '-name']),
  revoked: Type.Optional(Type.Boolean({ description: 'Left out: both.' })),
})

export const PublishableKeyPage = pageOf(Type.Ref('PublishableKey#'))
