import Type from 'typebox'
import {
  Count,
  Counter,
  choice,
  closed,
  Document,
  Instant,
  LINES_MAX,
  LocationCode,
  orNull,
  pageOf,
  pageQuery,
  Reason,
  SearchText,
  SkuCode,
  text,
  Version,
} from '../shapes.ts'

const kinds = ['web', 'pos', 'marketplace', 'wholesale'] as const

export const ChannelCode = text(100, 'The code of a channel.', ['amazon'])
const fields = {
  name: Type.Optional(text(255, 'For people.', ['Amazon'])),
  kind: Type.Optional(choice(kinds, 'Left out: web.')),
  locations: Type.Optional(
    orNull(
      Type.Array(LocationCode, {
        maxItems: 1000,
        description: 'The locations it sells from; null: all.',
      }),
    ),
  ),
}

export const CreateChannel = closed({ code: ChannelCode, ...fields })
export const UpdateChannel = closed(
  { to: Type.Optional(text(100, 'The new code.')), ...fields },
  { minProperties: 1 },
)
export const ChannelParams = closed({ code: Type.String() })
export const ListChannels = closed({
  ...pageQuery(['code', '-code', 'created_at', '-created_at']),
  q: Type.Optional(SearchText),
  kind: Type.Optional(choice(kinds)),
  archived: Type.Optional(Type.Boolean({ description: 'Left out: those that are not archived.' })),
})

export const Channel = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    code: Type.String(),
    name: Type.String(),
    kind: choice(kinds),
    locations: orNull(
      Type.Array(Type.String(), { description: 'Those it sells from; null: all.' }),
    ),
    created_at: Instant,
    archived_at: orNull(Instant),
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'Channel' },
)

export const ChannelPage = pageOf(Type.Ref('Channel#'))

export const SetBuffers = closed({
  lines: Type.Array(
    closed({
      sku: SkuCode,
      location: LocationCode,
      channel: ChannelCode,
      quantity: Count,
      unit: Type.Optional(text(50, 'If given, it must be the unit of the SKU.', ['each'])),
    }),
    { minItems: 1, maxItems: LINES_MAX },
  ),
  reason: Type.Optional(Reason),
  document: Type.Optional(Document),
})
export const ListBuffers = closed({
  ...pageQuery(['sku', '-sku']),
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  channel: Type.Optional(ChannelCode),
  short: Type.Optional(
    Type.Boolean({ description: 'True: only those that keep less than they are to.' }),
  ),
})

export const ChannelBuffer = closed(
  {
    sku: Type.String(),
    location: Type.String(),
    channel: Type.String(),
    size: { ...Counter, description: 'How many are to be kept.' },
    units: { ...Counter, description: 'How many are kept now: fewer, where fewer are free.' },
    sellable: { ...Counter, description: 'What the channel may sell there now.' },
    version: Version,
  },
  { $id: 'ChannelBuffer', description: 'Units of a level that are kept for one channel.' },
)
export const ChannelBuffers = closed(
  {
    ok: Type.Literal(true),
    lines: Type.Array(Type.Ref('ChannelBuffer#')),
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'ChannelBuffers' },
)
export const ChannelBufferPage = pageOf(Type.Ref('ChannelBuffer#'))
