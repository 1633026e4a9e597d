import Type from 'typebox'
import { choice, closed, Instant, orNull, pageOf, pageQuery, text } from '../shapes.ts'

const Scopes = Type.Array(choice(['read', 'sell', 'stock', 'admin']), {
  minItems: 1,
  maxItems: 4,
  description: 'What the key may do; admin implies all.',
})

const Mode = choice(
  ['live', 'test'],
  'A test key works on the sandbox of the tenant; left out: live.',
)

const key = {
  key_id: Type.Integer(),
  name: Type.String(),
  prefix: Type.String({ description: 'The first letters of the key, to know it by.' }),
  mode: Mode,
  scopes: Type.Array(Type.String()),
  created_at: Instant,
  last_used_at: orNull(Instant),
  revoked_at: orNull(Instant),
}

export const ApiKey = closed(
  { ok: Type.Optional(Type.Literal(true)), ...key, replayed: Type.Optional(Type.Literal(true)) },
  { $id: 'ApiKey' },
)

export const NewApiKey = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    ...key,
    key: Type.Optional(Type.String({ description: 'The key itself: shown this once.' })),
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'NewApiKey' },
)

export const CreateKey = closed({
  name: text(255, 'What the key is for.', ['web shop']),
  scopes: Scopes,
  mode: Type.Optional(Mode),
})

export const KeyId = closed({
  key_id: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'Its number.' }),
})

export const ListKeys = closed({
  ...pageQuery(['created_at', '-created_at', 'name', '-name']),
  revoked: Type.Optional(Type.Boolean({ description: 'Left out: both.' })),
})

export const KeyPage = pageOf(Type.Ref('ApiKey#'))
