import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Context, readFor, writeFor } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import type { Choice } from './answerPage.ts'
import type { Facts } from './facts.ts'
import type { Mail } from './mail.ts'
import type { MailSettings } from './writeMail.ts'

/** What a buyer is asked by a mail. */
export type Question = Mail & { data: Facts; settings: MailSettings; over: boolean }

const signatureOf = (secret: string, { tenant }: Context, mailId: number): Buffer =>
  createHmac('sha256', Buffer.from(secret, 'hex')).update(`answer/${tenant}/${mailId}`).digest()

const TOKEN = /^([a-z0-9][a-z0-9_-]{0,62})\.(\d{1,9})\.([A-Za-z0-9_-]{43})$/

export type Token = { tenant: string; mail_id: number; signature: Buffer }

/** The parts of a token, signed or not; undefined where it is none. */
export const readToken = (text: string): Token | undefined => {
  const [, tenant, id, signature] = TOKEN.exec(text) ?? []
  if (tenant === undefined || id === undefined || signature === undefined) return undefined
  return { tenant, mail_id: Number(id), signature: Buffer.from(signature, 'base64url') }
}

/**
 * Answers to mails, for one tenant. A link has no session and no password: whoever has the mail may
 * answer it, once. A token is the number of the mail, signed by a secret of the tenant.
 *
 * @example
 * const token = await holdfast.answers.token({ mail_id: 7 })
 * await holdfast.answers.give({ mail_id: 7, choice: 'keep' })
 */
export const answersOf = (context: Context) => {
  const secret = async (): Promise<string> => {
    const answer = await writeFor<{ secret: string }>(context, 'link_secret', {})
    return answer.ok ? answer.secret : ''
  }
  return {
    /** What the buyer's link ends with. */
    token: async ({ mail_id }: { mail_id: number }): Promise<string> => {
      const signature = signatureOf(await secret(), context, mail_id).toString('base64url')
      return `${context.tenant}.${mail_id}.${signature}`
    },
    isSigned: async ({ mail_id, signature }: Token): Promise<boolean> =>
      timingSafeEqual(signatureOf(await secret(), context, mail_id), signature),
    question: (request: { mail_id: number }): Promise<Answer<Question>> =>
      readFor(context, 'get_question', request),
    /** For the page behind the link: once. The merchant answers by promises.answer. */
    give: (request: {
      mail_id: number
      choice: Choice
    }): Promise<Answer<{ choice: Choice | null; first: boolean; over: boolean }>> =>
      writeFor(context, 'answer_mail', request),
  }
}

export type Answers = ReturnType<typeof answersOf>
