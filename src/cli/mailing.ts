import { join } from 'node:path'
import type { Holdfast } from '../holdfast.ts'
import { type LinksOf, type Mailer, startMailer } from '../mail/mailer.ts'
import { outboxTransport, type Transport, transportOf } from '../mail/transport.ts'
import { usage } from './commandError.ts'
import { dataFolder } from './open.ts'

/** The folder of mails that go nowhere else. */
export const outboxFolder = (dataDir: string | undefined): string =>
  join(dataFolder(dataDir), 'outbox')

const SMTP = /^smtps?:\/\/\S+$/i
const ADDRESS = /^[^\s@<>"]+@[^\s@<>"]+$/

/** How this process sends, by the environment. Throws `usage` for what cannot be meant. */
export const mailTransport = (dataDir: string | undefined): Promise<Transport> => {
  const smtp_url = process.env['HOLDFAST_SMTP_URL'] || undefined
  const from = process.env['HOLDFAST_MAIL_FROM'] || undefined
  if (smtp_url !== undefined && !SMTP.test(smtp_url)) {
    throw usage('HOLDFAST_SMTP_URL does not begin with smtp:// or smtps://.', 'smtp://host:587')
  }
  if (from !== undefined && !ADDRESS.test(from)) {
    throw usage('HOLDFAST_MAIL_FROM is no address.', 'orders@example.com')
  }
  if (smtp_url !== undefined && from === undefined) {
    throw usage('HOLDFAST_SMTP_URL is set, but not from whom mails are.', 'set HOLDFAST_MAIL_FROM')
  }
  return transportOf({ smtp_url, from, outbox: outboxFolder(dataDir) })
}

/** Links of mails lead to where the tenant says, or to this server. */
const linksTo =
  (origin: string): LinksOf =>
  async (holdfast, { template, mail_id }, { public_url }) => {
    if (template !== 'promise_moved') return null
    const token = await holdfast.answers.token({ mail_id })
    const link = `${public_url ?? origin}/answer/${token}`
    return { keep: `${link}?choice=keep`, cancel: `${link}?choice=cancel` }
  }

export type Mailing = {
  dataDir: string | undefined
  /** Where buyers find this server. */
  origin: string
  notice: (line: string) => void
}

/** Sends the mails of all tenants from this process; those of sandboxes only into the folder. */
export const startMailing = async (
  holdfast: Holdfast,
  { dataDir, origin, notice }: Mailing,
): Promise<Mailer> => {
  const transport = await mailTransport(dataDir)
  const sandbox = await outboxTransport(outboxFolder(dataDir), transport.from)
  return startMailer(holdfast, { transport, sandbox, links: linksTo(origin) }, notice)
}
