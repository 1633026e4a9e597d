import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'

/** What somebody at the merchant's can be told of. */
export const notices = ['shortage', 'low', 'out', 'webhook_paused'] as const
export type Notice = (typeof notices)[number]

/** Somebody at the merchant's who is told of these. */
export type NoticeRecipient = {
  recipient_id: number
  email: string
  /** Null: the tenant's. */
  language: string | null
  notices: Notice[]
  created_at: string
}

export type SetRecipient = {
  email: string
  language?: string | undefined
  /** All of them when left out. */
  notices?: Notice[] | undefined
}

/**
 * The room of notices, for one tenant: who at the merchant's is told of shortages, of stock that is
 * low or out (once each time it becomes so), and of webhooks that are paused.
 *
 * @example
 * await holdfast.notices.set({ email: 'stock@example.com', notices: ['shortage', 'out'] })
 */
export const noticesOf = (context: Context) => ({
  list: (request: PageRequest<'email' | 'created_at'> = {}): Promise<PageAnswer<NoticeRecipient>> =>
    readFitting(context, 'list_recipients', request),
  /** From now on of these notices, and of no others. */
  set: (request: SetRecipient, options?: CallOptions): Promise<Answer<NoticeRecipient>> =>
    writeFitting(context, 'set_recipient', request, options),
  remove: (
    request: { recipient_id?: number | undefined; email?: string | undefined },
    options?: CallOptions,
  ): Promise<Answer<{ removed: number }>> =>
    writeFitting(context, 'remove_recipient', request, options),
})

export type Notices = ReturnType<typeof noticesOf>
