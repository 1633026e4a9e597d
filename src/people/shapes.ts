import Type from 'typebox'
import { PASSWORD_LENGTH_MAX } from '../access/passwords.ts'
import { roleNames } from '../access/roles.ts'
import {
  choice,
  closed,
  Instant,
  LocationCode,
  orNull,
  pageOf,
  pageQuery,
  SearchText,
  text,
} from '../shapes.ts'

const EMAIL_LENGTH_MAX = 254
const ACTORS_MAX = 250
const LOCATIONS_MAX = 1_000
const INT_MAX = 2_147_483_647

export const Email = text(EMAIL_LENGTH_MAX, 'An address of mail, in any case.', [
  'ana@shop.example',
])
export const Password = Type.String({
  minLength: 1,
  maxLength: PASSWORD_LENGTH_MAX,
  description: 'A password, as it is typed.',
})
const Role = choice(
  roleNames,
  'viewer reads; seller also sells; stock_keeper and purchaser also change stock and the ' +
    'catalogue; admin does all.',
)
const Language = choice(['en', 'zh'], 'Of the pages.')
const Theme = choice(['system', 'light', 'dark'], 'Of the pages.')
const Name = text(255, 'What the person is called.', ['Ana'])
const Locations = orNull(
  Type.Array(LocationCode, {
    maxItems: LOCATIONS_MAX,
    description: 'Where the person may change stock; null: everywhere.',
  }),
)
const Id = Type.Integer({ minimum: 0, maximum: INT_MAX, description: 'The number of a person.' })

export const personShape = {
  person_id: Type.Integer({ description: 'Their number, also in the ledger.' }),
  email: Type.String(),
  name: Type.String(),
  role: Role,
  locations: orNull(Type.Array(Type.String())),
  language: orNull(Language),
  theme: orNull(Theme),
  joined: Type.Boolean({ description: 'False until they have chosen a password.' }),
  created_at: Instant,
  signed_in_at: orNull(Instant),
  removed_at: orNull(Instant),
}

export const Person = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    replayed: Type.Optional(Type.Literal(true)),
    ...personShape,
  },
  { $id: 'Person', description: 'Somebody who signs in.' },
)

const LinkText = text(100, 'A link: what stands behind the # of its address.', ['hf_link_1_Jk3s…'])

export const NewPerson = closed(
  {
    ...{ ok: Type.Optional(Type.Literal(true)), replayed: Type.Optional(Type.Literal(true)) },
    ...personShape,
    link: Type.Optional(Type.String({ description: 'Open /join#… once: shown this once.' })),
    link_expires_at: Type.Optional(Instant),
  },
  { $id: 'NewPerson', description: 'Somebody who was asked in, with their link.' },
)

export const NewLink = closed({
  ok: Type.Optional(Type.Literal(true)),
  link: Type.String({ description: 'Open /join#… once: shown this once.' }),
  expires_at: Instant,
})

export const LinkAnswer = closed({
  ok: Type.Optional(Type.Literal(true)),
  tenant: Type.String(),
  name: Type.String({ description: "The tenant's." }),
  email: orNull(Type.String({ description: 'Null: the first owner gives theirs.' })),
  person: orNull(Type.String({ description: "The person's name." })),
  language: orNull(Language),
  expires_at: Instant,
})

export const Invite = closed({
  email: Email,
  role: Role,
  name: Type.Optional(Name),
  locations: Type.Optional(Locations),
  language: Type.Optional(Language),
})

export const UpdatePerson = closed(
  {
    email: Type.Optional(Email),
    name: Type.Optional(Name),
    role: Type.Optional(Role),
    locations: Type.Optional(Locations),
    language: Type.Optional(Language),
    theme: Type.Optional(Theme),
  },
  { minProperties: 1 },
)

export const Preferences = closed(
  { language: Type.Optional(Language), theme: Type.Optional(Theme) },
  { minProperties: 1 },
)

export const PersonId = closed({ person_id: Id })

export const ListPeople = closed({
  ...pageQuery(['name', '-name', 'created_at', '-created_at']),
  removed: Type.Optional(Type.Boolean({ description: 'True: those who were removed.' })),
  role: Type.Optional(Role),
  q: Type.Optional(SearchText),
})

export const PersonPage = pageOf(Type.Ref('Person#'))

export const LookAtLink = closed({ link: LinkText })

export const Join = closed({
  link: LinkText,
  password: Password,
  email: Type.Optional(Email),
  name: Type.Optional(Name),
})

export const ListActors = closed({
  actor: Type.Array(Type.Integer({ minimum: 0, maximum: INT_MAX }), {
    minItems: 1,
    maxItems: ACTORS_MAX,
    description: 'Numbers of the ledger.',
  }),
})

export const Actors = closed({
  ok: Type.Optional(Type.Literal(true)),
  data: Type.Array(
    closed({
      actor_id: Type.Integer(),
      kind: choice(['key', 'person']),
      name: Type.String(),
    }),
  ),
})
