import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import { type Context, readFor } from '../database/context.ts'
import type { Consumer } from '../events/events.ts'
import type { Answer } from '../refusals.ts'
import type { Choice } from './answerPage.ts'
import type { Facts } from './facts.ts'
import type { Written } from './letter.ts'
import type { Template } from './letters.ts'
import { samples } from './samples.ts'
import type { Language } from './words.ts'
import { type Draft, type MailSettings, writeMail } from './writeMail.ts'

export type { MailSettings } from './writeMail.ts'

/** Reads the feed of events, and puts into the outbox what they call for. */
export const mailConsumer: Consumer = {
  name: 'mail',
  function: 'queue_mails',
  types: [
    'promise.moved',
    'backorder.allocated',
    'level.shortage',
    'level.low',
    'level.out',
    'webhook.paused',
  ],
}

/** A field that is absent stays; null takes it back. */
export type ChangeMailSettings = {
  [Field in keyof Omit<MailSettings, 'name' | 'changed_at'>]?: MailSettings[Field] | undefined
}

export type MailState = 'waiting' | 'sent' | 'failed' | 'erased'

/** A mail of the outbox, without its text. */
export type Mail = {
  mail_id: number
  /** The part before the @ of its Message-ID, the same in every attempt. */
  message_id: string
  template: Template
  state: MailState
  /** Null once it was erased; not in the answers of writes, which are kept for their keys. */
  recipient?: string | null
  language: Language
  attempts: number
  due_at: string | null
  created_at: string
  sent_at: string | null
  /** By SMTP, or into the folder of the outbox. */
  via: 'smtp' | 'outbox' | null
  /** What the last attempt has failed with. */
  fault: string | null
  /** What was answered to a moved date: by the buyer, the merchant or silence. */
  answer: Choice | null
  answered_at: string | null
  /** How many events it tells of. */
  events: number
}

export type ListMails = PageRequest<'created_at'> & {
  state?: MailState | undefined
  template?: Template | undefined
  recipient?: string | undefined
}

/** What an attempt to send a mail has come to. */
export type Settled = {
  mail_id: number
  attempt: number
  outcome: 'sent' | 'again' | 'failed'
  via: 'smtp' | 'outbox'
  fault?: string | undefined
}

/** A mail that was taken to be sent. */
export type ClaimedMail = Draft & {
  mail_id: number
  message_id: string
  recipient: string
  attempts: number
  created_at: string
}

type Kept = Mail & { data: Facts; settings: MailSettings }

/** What stands for the buyer's own link where somebody else looks: it is theirs alone. */
const HIDDEN = 'https://shop.example.com/only-the-buyer-has-this-link'
const hidden = { keep: `${HIDDEN}#keep`, cancel: `${HIDDEN}#cancel` }

const getMail = async (
  context: Context,
  request: { mail_id: number },
): Promise<Answer<Mail & { data: Facts } & Written>> => {
  const answer = await readFitting<Kept>(context, 'get_mail', request)
  if (!answer.ok) return answer
  const { settings, ...mail } = answer
  return { ...mail, ...writeMail(mail, settings, hidden) }
}

const previewMail = async (
  context: Context,
  { template, language }: { template: Template; language?: Language | undefined },
): Promise<Answer<Written & { template: Template; language: Language }>> => {
  const settings = await readFor<MailSettings>(context, 'get_mail_settings')
  const draft = { template, language: language ?? settings.language, data: samples[template] }
  const { subject, text, html } = writeMail(draft, settings, hidden)
  return { ok: true, template, language: draft.language, subject, text, html }
}

/**
 * The room of mail, for one tenant: how its mails look, and the outbox with what was told to whom.
 * `holdfast start` sends what is in it.
 *
 * @example
 * await holdfast.mail.set({ colour: '#0b7285', logo_url: 'https://shop.example.com/logo.png' })
 * const { html } = await holdfast.mail.preview({ template: 'promise_moved', language: 'zh' })
 */
export const mailOf = (context: Context) => ({
  settings: (): Promise<Answer<MailSettings>> => readFitting(context, 'get_mail_settings', {}),
  set: (request: ChangeMailSettings, options?: CallOptions): Promise<Answer<MailSettings>> =>
    writeFitting(context, 'set_mail_settings', request, options),
  list: (request: ListMails = {}): Promise<PageAnswer<Mail>> =>
    readFitting(context, 'list_mails', request),
  /** One mail with its text, as it is written now; the buyer's own links are hidden. */
  get: (request: { mail_id: number }) => getMail(context, request),
  /** A mail about made-up facts, as this tenant's look. */
  preview: (request: { template: Template; language?: Language | undefined }) =>
    previewMail(context, request),
  /** Sends a mail again, at once. */
  retry: (request: { mail_id: number }, options?: CallOptions): Promise<Answer<Mail>> =>
    writeFitting(context, 'retry_mail', request, options),
  /** Puts a mail into the outbox that only says that mails arrive. */
  sendTest: (
    request: { to: string; language?: string | undefined },
    options?: CallOptions,
  ): Promise<Answer<Mail>> => writeFitting(context, 'queue_test_mail', request, options),
  /** For whoever sends: takes mails that are due; nobody else gets them for ten minutes. */
  claim: (request: {
    limit: number
    mail_id?: number | undefined
  }): Promise<Answer<{ mails: ClaimedMail[]; settings: MailSettings }>> =>
    writeFitting(context, 'claim_mails', request),
  /** For whoever sends: what an attempt has come to. */
  settle: (request: Settled): Promise<Answer<Mail>> =>
    writeFitting(context, 'settle_mail', request),
  /** Forgets mails that were sent, or given up, more than 90 days ago. */
  trim: (): Promise<Answer<{ forgotten: number; more: boolean }>> =>
    writeFitting(context, 'trim_mails', {}),
})

export type MailRoom = ReturnType<typeof mailOf>
