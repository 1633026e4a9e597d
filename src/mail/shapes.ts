import Type from 'typebox'
import { choice, closed, Instant, orNull, pageOf, pageQuery, Uuid } from '../shapes.ts'
import { templates as names } from './letters.ts'
import { languages } from './words.ts'

const EMAIL = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*$"

export const Email = Type.String({
  pattern: EMAIL,
  maxLength: 254,
  description: 'An address of mail, in ASCII.',
  examples: ['kim@example.com'],
})

export const LanguageTag = Type.String({
  pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$',
  description: 'A language tag; zh-… reads Chinese, en-… English, others what the tenant has set.',
  examples: ['zh-CN'],
})

const templates = choice(names, 'Which mail.')
const Language = choice(languages)
const states = ['waiting', 'sent', 'failed', 'erased'] as const

const webAddress = (description: string) =>
  Type.String({
    pattern: '^https?://[A-Za-z0-9.:\\[\\]-]+(/[^\\s<>"\'\\\\^`{|}]*)?$',
    maxLength: 2_000,
    description,
  })

export const ChangeMailSettings = closed(
  {
    shop_name: Type.Optional(
      orNull(Type.String({ minLength: 1, maxLength: 100, description: 'null: as the tenant.' })),
    ),
    from_address: Type.Optional(orNull(Email)),
    reply_to: Type.Optional(orNull(Email)),
    logo_url: Type.Optional(orNull(webAddress('A picture, 160 pixels wide in the mail.'))),
    colour: Type.Optional(
      orNull(Type.String({ pattern: '^#[0-9A-Fa-f]{6}$', examples: ['#0b7285'] })),
    ),
    language: Type.Optional(choice(languages, 'Of whoever has named none.')),
    public_url: Type.Optional(
      orNull(webAddress("Where the links of mails lead; null: this server's address.")),
    ),
    customer_mails: Type.Optional(
      Type.Boolean({ description: 'false: the shop tells its customers itself.' }),
    ),
  },
  { minProperties: 1 },
)

export const MailSettings = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    shop_name: orNull(Type.String()),
    name: Type.String({ description: 'What the shop is called in mails.' }),
    from_address: orNull(Type.String()),
    reply_to: orNull(Type.String()),
    logo_url: orNull(Type.String()),
    colour: orNull(Type.String()),
    language: Language,
    public_url: orNull(Type.String()),
    customer_mails: Type.Boolean(),
    changed_at: orNull(Instant),
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'MailSettings' },
)

const mail = {
  ok: Type.Optional(Type.Literal(true)),
  mail_id: Type.Integer(),
  message_id: Uuid,
  template: templates,
  state: choice(states),
  recipient: Type.Optional(
    orNull(Type.String({ description: 'null once it was erased; not in the answers of writes.' })),
  ),
  language: Language,
  attempts: Type.Integer(),
  due_at: orNull(Instant),
  created_at: Instant,
  sent_at: orNull(Instant),
  via: orNull(choice(['smtp', 'outbox'])),
  fault: orNull(Type.String({ description: 'What the last attempt has failed with.' })),
  answer: orNull(
    choice(['keep', 'cancel'], 'To a moved date: by the buyer, the merchant or silence.'),
  ),
  answered_at: orNull(Instant),
  events: Type.Integer({ description: 'How many events it tells of.' }),
  replayed: Type.Optional(Type.Literal(true)),
}

const text = {
  subject: Type.String(),
  text: Type.String({ description: 'The part in plain text.' }),
  html: Type.String({ description: 'The other part.' }),
}

export const Mail = closed(mail, { $id: 'Mail' })
export const MailPage = pageOf(Type.Ref('Mail#'))
export const WholeMail = closed(
  {
    ...mail,
    data: Type.Object({}, { additionalProperties: true, description: 'What it tells.' }),
    ...text,
  },
  { $id: 'WholeMail' },
)
export const MailId = closed({
  mail_id: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'Its number.' }),
})
export const ListMails = closed({
  ...pageQuery(['created_at', '-created_at']),
  state: Type.Optional(choice(states)),
  template: Type.Optional(templates),
  recipient: Type.Optional(Email),
})

export const PreviewQuery = closed({ template: templates, language: Type.Optional(Language) })
export const Preview = closed({
  ok: Type.Literal(true),
  template: templates,
  language: Language,
  ...text,
})
export const TestMail = closed({ to: Email, language: Type.Optional(LanguageTag) })
