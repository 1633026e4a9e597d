import Type from 'typebox'
import { Email, LanguageTag } from '../mail/shapes.ts'
import { closed, Instant, OrderReference, orNull, pageOf, pageQuery, Uuid } from '../shapes.ts'

const of = {
  order_reference: Type.Optional(OrderReference),
  reservation_id: Type.Optional(Uuid),
}

export const SetContact = closed({ ...of, email: Email, language: Type.Optional(LanguageTag) })
export const EraseContacts = closed({ ...of, email: Type.Optional(Email) }, { minProperties: 1 })
export const ListContacts = closed({
  ...pageQuery(['created_at', '-created_at']),
  ...of,
  email: Type.Optional(Email),
})

const told = {
  contact_id: Type.Integer(),
  reservation_id: orNull(Uuid),
  order_reference: orNull(Type.String()),
  language: orNull(Type.String({ description: "null: the tenant's." })),
}

export const SetContactAnswer = closed({
  ok: Type.Literal(true),
  ...told,
  replayed: Type.Optional(Type.Literal(true)),
})
export const Contact = closed(
  { ...told, email: Type.String(), created_at: Instant },
  { $id: 'Contact' },
)
export const ContactPage = pageOf(Type.Ref('Contact#'))
export const ErasedContacts = closed({
  ok: Type.Literal(true),
  contacts: Type.Integer({ description: 'How many contacts are gone.' }),
  mails: Type.Integer({ description: 'From how many mails the address is gone.' }),
  replayed: Type.Optional(Type.Literal(true)),
})
