import Type from 'typebox'
import { closed, Instant, orNull, pageOf, pageQuery, text } from '../shapes.ts'

const Scopes = Type.Array(Type.Enum(['read', 'sell', 'stock', 'admin']), {
  minItems: 1,
  maxItems: 4,
  description: 'What the key may do; admin implies all.',
})

const key = {
  key_id: Type.Integer(),
  name: Type.String(),
  prefix: Type.String({ description: 'The first letters of the key, to know it by.' }),
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
  name: text(100, 'What the key is for.', ['web shop']),
  scopes: Scopes,
  test: Type.Optional(Type.Boolean({ description: 'A key for the sandbox of the tenant.' })),
})

export const KeyId = closed({ key_id: Type.String({ description: 'Its number.' }) })

export const ListKeys = closed(pageQuery([]))

export const KeyPage = pageOf(Type.Ref('ApiKey#'))
