import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A mail as it goes out. */
export type Message = {
  mail_id: number
  tenant: string
  template: string
  message_id: string
  date: string
  from: { name: string; address: string }
  reply_to: string | null
  to: string
  language: string
  subject: string
  text: string
  html: string
}

/** The way that mails go. */
export type Transport = {
  via: 'smtp' | 'outbox'
  /** Whoever mails come from where a tenant has named nobody. */
  from: string
  send(message: Message): Promise<void>
  close(): void
}

/**
 * What failed when a mail was sent. `refused`: this one, for good; `unreachable`: nothing can be
 * sent now.
 */
export class SendError extends Error {
  readonly kind: 'refused' | 'unreachable' | 'other'
  constructor(message: string, kind: SendError['kind']) {
    super(message)
    this.name = 'SendError'
    this.kind = kind
  }
}

type Failure = { message?: string; code?: string; responseCode?: number; command?: string }

const UNREACHABLE = new Set(['ECONNECTION', 'ETIMEDOUT', 'EDNS', 'ESOCKET', 'ETLS', 'EAUTH'])
const REFUSED_MIN = 500
const OF_THE_MAIL = /^(MAIL FROM|RCPT TO|DATA)$/

/** A 5xx about this mail is for good; about the connection or the password it is not its fault. */
const kindOf = ({ code = '', responseCode = 0, command = '' }: Failure): SendError['kind'] => {
  if (UNREACHABLE.has(code)) return 'unreachable'
  return responseCode >= REFUSED_MIN && OF_THE_MAIL.test(command) ? 'refused' : 'other'
}

/** What nodemailer is told of a message: addresses as they are, and no file or URL is ever read. */
const asMail = (message: Message) => ({
  from: message.from,
  to: { name: '', address: message.to },
  ...(message.reply_to ? { replyTo: { name: '', address: message.reply_to } } : {}),
  messageId: `<${message.message_id}@${message.from.address.split('@')[1]}>`,
  date: new Date(message.date),
  subject: message.subject,
  text: message.text,
  html: message.html,
  headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': message.language },
  disableFileAccess: true,
  disableUrlAccess: true,
})

const CONNECT_MS_MAX = 10_000
const SILENCE_MS_MAX = 30_000
const CONNECTIONS_MAX = 5

/** Sends by SMTP: `smtp://user:password@host:587`, or `smtps://…` where TLS comes first. */
export const smtpTransport = async (url: string, from: string): Promise<Transport> => {
  const { createTransport } = await import('nodemailer')
  const mailer = createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    connectionTimeout: CONNECT_MS_MAX,
    greetingTimeout: CONNECT_MS_MAX,
    socketTimeout: SILENCE_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    via: 'smtp',
    from,
    send: async message => {
      try {
        await mailer.sendMail(asMail(message))
      } catch (error) {
        const failure = error as Failure
        throw new SendError(failure.message ?? String(error), kindOf(failure))
      }
    },
    close: () => mailer.close(),
  }
}

const OWNER_ONLY = { folder: 0o700, file: 0o600 }

/** Where a mail stands in the folder. */
export const outboxFile = (folder: string, message: Message): string =>
  join(
    folder,
    message.tenant,
    `${String(message.mail_id).padStart(6, '0')}-${message.template}.eml`,
  )

/** Writes mails into a folder, one file each, for whoever has no SMTP server yet. */
export const outboxTransport = async (folder: string, from: string): Promise<Transport> => {
  const { createTransport } = await import('nodemailer')
  const mailer = createTransport({ streamTransport: true, buffer: true, newline: 'unix' })
  return {
    via: 'outbox',
    from,
    send: async message => {
      const { message: bytes } = await mailer.sendMail(asMail(message))
      const file = outboxFile(folder, message)
      mkdirSync(join(folder, message.tenant), { recursive: true, mode: OWNER_ONLY.folder })
      writeFileSync(`${file}.part`, bytes as Buffer, { mode: OWNER_ONLY.file })
      renameSync(`${file}.part`, file) // whoever reads along sees whole mails only
    },
    close: () => mailer.close(),
  }
}

export type MailPlace = {
  /** HOLDFAST_SMTP_URL; left out: the folder. */
  smtp_url?: string | undefined
  /** HOLDFAST_MAIL_FROM. */
  from?: string | undefined
  /** Where mails are put without SMTP. */
  outbox: string
}

const NOBODY = 'holdfast@localhost'

/** The way of this process's mails: SMTP if a server is named, else a folder. */
export const transportOf = ({ smtp_url, from, outbox }: MailPlace): Promise<Transport> =>
  smtp_url ? smtpTransport(smtp_url, from ?? NOBODY) : outboxTransport(outbox, from ?? NOBODY)
