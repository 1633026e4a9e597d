import Type from 'typebox'
import { Email, LanguageTag } from '../mail/shapes.ts'
import { choice, closed, Instant, orNull, pageOf, pageQuery } from '../shapes.ts'
import { notices } from './notices.ts'

export const SetRecipient = closed({
  email: Email,
  language: Type.Optional(LanguageTag),
  notices: Type.Optional(
    Type.Array(choice(notices), {
      minItems: 1,
      maxItems: 4,
      description: 'What they are told of; all of it when left out.',
    }),
  ),
})
export const RecipientId = closed({
  recipient_id: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'Its number.' }),
})
export const ListRecipients = closed(pageQuery(['email', '-email', 'created_at', '-created_at']))

export const NoticeRecipient = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    recipient_id: Type.Integer(),
    email: Type.String(),
    language: orNull(Type.String({ description: "null: the tenant's." })),
    notices: Type.Array(choice(notices)),
    created_at: Instant,
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'NoticeRecipient' },
)
export const RecipientPage = pageOf(Type.Ref('NoticeRecipient#'))
export const RemovedRecipient = closed({
  ok: Type.Literal(true),
  removed: Type.Integer(),
  replayed: Type.Optional(Type.Literal(true)),
})
