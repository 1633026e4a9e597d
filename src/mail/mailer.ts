import { clock } from '../clock.ts'
import type { Holdfast } from '../holdfast.ts'
import type { ClaimedMail } from './mail.ts'
import { type Message, SendError, type Transport } from './transport.ts'
import { type MailSettings, writeMail } from './writeMail.ts'

const PAUSE_MS = 1_000
const UNREACHABLE_PAUSE_MS = 10_000
const DAY_MS = 86_400_000
const TENANTS_A_PAGE = 250
const MAILS_A_CLAIM = 10

/** Where the answer to a mail is given, for the buyer alone. */
export type LinksOf = (
  holdfast: Holdfast,
  mail: ClaimedMail,
  settings: MailSettings,
) => Promise<{ keep: string; cancel: string } | null>

export type MailerOptions = { transport: Transport; links: LinksOf }

const messageOf = async (
  holdfast: Holdfast,
  mail: ClaimedMail,
  settings: MailSettings,
  { transport, links }: MailerOptions,
): Promise<Message> => ({
  ...writeMail(mail, settings, await links(holdfast, mail, settings)),
  mail_id: mail.mail_id,
  tenant: holdfast.tenant,
  template: mail.template,
  message_id: mail.message_id,
  date: mail.created_at,
  from: { name: settings.name, address: settings.from_address ?? transport.from },
  reply_to: settings.reply_to,
  to: mail.recipient,
  language: mail.language,
})

const OUTCOMES = { refused: 'failed', unreachable: 'again', other: 'again' } as const

/** Sends one mail and writes down what it came to; false when nothing can be sent now. */
const sendOne = async (
  holdfast: Holdfast,
  mail: ClaimedMail,
  settings: MailSettings,
  options: MailerOptions,
): Promise<boolean> => {
  const { mail_id, attempts: attempt } = mail
  const { via } = options.transport
  try {
    await options.transport.send(await messageOf(holdfast, mail, settings, options))
  } catch (error) {
    const kind = error instanceof SendError ? error.kind : 'other'
    const fault = (error as Error).message
    await holdfast.mail.settle({ mail_id, attempt, outcome: OUTCOMES[kind], via, fault })
    return kind !== 'unreachable'
  }
  await holdfast.mail.settle({ mail_id, attempt, outcome: 'sent', via })
  return true
}

/**
 * Sends what is due of one tenant, or one mail. A mail that was sent and not yet written down when
 * the process ended is sent again, under the same Message-ID. False when nothing can be sent now.
 */
export const sendDue = async (
  holdfast: Holdfast,
  options: MailerOptions,
  only: { mail_id?: number } = {},
): Promise<boolean> => {
  for (;;) {
    const claimed = await holdfast.mail.claim({ limit: MAILS_A_CLAIM, ...only })
    if (!claimed.ok || claimed.mails.length === 0) return true
    const { mails, settings } = claimed
    const sent = await Promise.all(mails.map(mail => sendOne(holdfast, mail, settings, options)))
    if (sent.includes(false)) return false
  }
}

/** The mails of a sandbox go to no person: they stay in the folder of the outbox. */
export type MailerWays = MailerOptions & { sandbox: Transport }

/** Sends mails of all tenants as they become due, until stopped. Several servers share the work. */
export const startMailer = (
  holdfast: Holdfast,
  ways: MailerWays,
  notice: (line: string) => void,
) => {
  let stopping = false
  let complained = false
  let trimmedAt = Number.NEGATIVE_INFINITY

  /** Goes through all tenants; false when nothing can be sent now. */
  const round = async (): Promise<boolean> => {
    const daily = clock.monotonicMs() - trimmedAt > DAY_MS
    let cursor: string | null | undefined
    do {
      const page = await holdfast.tenants.list({
        limit: TENANTS_A_PAGE,
        ...(cursor ? { cursor } : {}),
      })
      for (const tenant of page.ok && !stopping ? page.data : []) {
        const room = await holdfast.forTenant(tenant.code)
        const transport = tenant.sandbox_of === null ? ways.transport : ways.sandbox
        if (!(await sendDue(room, { ...ways, transport }))) return false
        for (let more = daily; more && !stopping; ) {
          const trimmed = await room.mail.trim()
          more = trimmed.ok && trimmed.more
        }
      }
      cursor = page.ok ? page.next_cursor : null
    } while (cursor && !stopping)
    if (daily) trimmedAt = clock.monotonicMs()
    return true
  }

  const loop = async (): Promise<void> => {
    while (!stopping) {
      let reachable = true
      try {
        reachable = await round()
        if (reachable) complained = false
        else if (!complained) notice('mail: the SMTP server cannot be reached; mails wait')
      } catch (error) {
        if (!complained) notice(`mail: ${(error as Error).message}`)
        reachable = false
      }
      complained ||= !reachable
      await pause(reachable ? PAUSE_MS : UNREACHABLE_PAUSE_MS)
    }
  }

  let wake = () => {}
  const pause = (ms: number): Promise<void> =>
    new Promise(resolve => {
      const callOff = clock.after(ms, resolve)
      wake = () => {
        callOff()
        resolve()
      }
    })

  const ended = loop()
  return {
    stop: async (): Promise<void> => {
      stopping = true
      wake()
      await ended
      ways.transport.close()
      ways.sandbox.close()
    },
  }
}

export type Mailer = ReturnType<typeof startMailer>
