import Type from 'typebox'
import { choice, closed, Instant, orNull, pageOf, pageQuery, SearchText, text } from '../shapes.ts'

const kinds = ['web', 'pos', 'marketplace', 'wholesale'] as const

export const ChannelCode = text(100, 'The code of a channel.', ['amazon'])
const fields = {
  name: Type.Optional(text(255, 'For people.', ['Amazon'])),
  kind: Type.Optional(choice(kinds, 'Left out: web.')),
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
    created_at: Instant,
    archived_at: orNull(Instant),
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'Channel' },
)

export const ChannelPage = pageOf(Type.Ref('Channel#'))
