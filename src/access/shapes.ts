import Type from 'typebox'
import { Email, Password, personShape } from '../people/shapes.ts'
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

const INT_MAX = 2_147_483_647
const Id = (description: string) => Type.Integer({ minimum: 0, maximum: INT_MAX, description })

export const SignIn = closed({
  email: Email,
  password: Password,
  tenant: Type.Optional(
    text(63, 'Whose people; left out: of the tenant that the server runs for.'),
  ),
})

export const ChangePassword = closed({ password: Password, to: Password })

export const Me = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    tenant: closed({ code: Type.String(), name: Type.String() }),
    scopes: Type.Array(Type.String()),
    person: orNull(closed(personShape)),
    session_id: orNull(Type.Integer()),
    key_id: orNull(Type.Integer({ description: 'Of the API key, where one calls.' })),
  },
  { $id: 'Me', description: 'Who calls, and what they may do.' },
)

export const SignedOut = closed({ ok: Type.Literal(true) })

const session = {
  session_id: Type.Integer(),
  person_id: Type.Integer(),
  name: Type.String({ description: "The person's." }),
  address: orNull(Type.String({ description: 'From where they signed in.' })),
  agent: orNull(Type.String({ description: 'The browser, as it calls itself.' })),
  created_at: Instant,
  seen_at: Instant,
  expires_at: Instant,
  ended_at: orNull(Instant),
}

export const Session = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    replayed: Type.Optional(Type.Literal(true)),
    ...session,
  },
  { $id: 'Session', description: 'Where somebody is signed in.' },
)

export const SessionId = closed({ session_id: Id('Its number.') })

export const ListSessions = closed({
  ...pageQuery(['created_at', '-created_at', 'seen_at', '-seen_at']),
  person_id: Type.Optional(Id('Whose; only an admin may ask for others.')),
})

export const SessionPage = pageOf(Type.Ref('Session#'))

const AuditEntry = closed({
  entry_id: Type.Integer(),
  happened_at: Instant,
  action: Type.String({ description: 'The name of the operation, or of what happened.' }),
  actor_id: orNull(Type.Integer({ description: 'A key or a person; null: the command line.' })),
  actor: orNull(Type.String({ description: 'Its name, as it is today.' })),
  facts: Type.Object({}, { additionalProperties: true, description: 'What was asked for.' }),
  address: orNull(Type.String()),
})

export const ListAuditLog = closed({
  ...pageQuery(['happened_at', '-happened_at']),
  action: Type.Optional(text(100, 'Only this action.', ['sign_in'])),
  actor_id: Type.Optional(Id('Only of this key or person.')),
  since: Type.Optional(Instant),
  until: Type.Optional(Instant),
})

export const AuditLogPage = pageOf(AuditEntry)
