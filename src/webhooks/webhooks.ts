import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import { type Context, readFor, writeFor } from '../database/context.ts'
import type { HoldfastEvent } from '../events/events.ts'
import type { Answer } from '../refusals.ts'
import { newSecret } from './sign.ts'

export type WebhookEndpoint = {
  endpoint_id: number
  url: string
  description: string | null
  /** Only events of these types, SKUs, locations; null: of all. */
  types: string[] | null
  skus: string[] | null
  locations: string[] | null
  state: 'active' | 'failing' | 'paused'
  paused_at: string | null
  /** by_hand; failing: for two days; gone: it has answered 410. */
  pause_reason: 'by_hand' | 'failing' | 'gone' | null
  failing_since: string | null
  created_at: string
  /** How many sign: two while an old one runs out. */
  secrets: number
}

/** The secret is in this one answer and nowhere else; a replay does not have it. */
export type NewWebhookSecret = WebhookEndpoint & { secret?: string }

type Filters = {
  types?: string[] | undefined
  skus?: string[] | undefined
  locations?: string[] | undefined
}
type Named = { endpoint_id: number | string }
export type CreateWebhook = Filters & { url: string; description?: string | undefined }
export type UpdateWebhook = Named & Partial<CreateWebhook>

export type Delivery = {
  event_id: string
  type: string
  state: 'pending' | 'delivered' | 'dead'
  tries: number
  created_at: string
  ended_at: string | null
  next_at: string | null
  last_status: number | null
  last_error: string | null
}

export type DeliveryAttempt = {
  try: number
  at: string
  status: number | null
  error: string | null
  answer: string | null
  took_ms: number
}

export type LoggedDelivery = Delivery & { body: HoldfastEvent | null; attempts: DeliveryAttempt[] }

export type ListDeliveries = PageRequest<'position'> &
  Named & { state?: Delivery['state'] | undefined; type?: string | undefined }

export type ReplayWebhook = Named & {
  /** One event; or all from an instant on, up to another. */
  event_id?: string | undefined
  from?: string | undefined
  to?: string | undefined
  /** Of a range: only deliveries that have ended so. */
  state?: 'delivered' | 'dead' | undefined
}

/** What is due at an endpoint, for the process that has taken it. */
export type TakenDeliveries = {
  busy: boolean
  url: string
  secrets: string[]
  deliveries: { position: number; lane: string; tries: number; body: string | null }[]
}

export type DeliveryResult = {
  position: number
  delivered: boolean
  status: number | null
  error: string | null
  answer: string | null
  took_ms: number
  wait_seconds: number | null
  chance: number
}

const ID_MAX = 2 ** 31

/** An id as the functions take it; what is none leads to nobody. */
const withId = <Request extends Named>(request: Request) => {
  const id = Number(request.endpoint_id)
  return { ...request, endpoint_id: Number.isInteger(id) && id > 0 && id < ID_MAX ? id : 0 }
}

const withSecret = async (
  context: Context,
  made: Answer<WebhookEndpoint>,
  options?: CallOptions,
): Promise<Answer<NewWebhookSecret>> => {
  if (!made.ok || made.replayed) return made
  const secret = newSecret()
  const request = { endpoint_id: made.endpoint_id, secret }
  const added = await writeFitting<WebhookEndpoint>(context, 'add_webhook_secret', request, {
    transaction: options?.transaction,
  })
  return added.ok ? { ...added, secret } : added
}

/** For the processes that send. */
const sendingOf = (context: Context) => ({
  /** Endpoints that have something to be done. */
  work: (request: { server: string }) =>
    readFor<{ endpoint_ids: number[]; lag_seconds: number }>(context, 'webhook_work', request),
  /** Takes one of them for this process: nobody else sends to it for a minute. */
  take: async (request: { endpoint_id: number; server: string; limit?: number }) => {
    const taken = await writeFor<TakenDeliveries>(context, 'take_deliveries', request)
    if (!taken.ok) throw new Error(`taking is never refused: ${taken.refusal.code}`)
    return taken
  },
  /** Writes down what came back; without `keep` others may take it now. */
  record: (request: {
    endpoint_id: number
    server: string
    keep: boolean
    results: DeliveryResult[]
  }) => writeFor<object>(context, 'record_deliveries', request),
  trim: () => readFor<{ forgotten: number; more: boolean }>(context, 'trim_deliveries'),
})

/**
 * The room of webhooks, for one tenant. A server sends what is due.
 *
 * @example
 * const made = await holdfast.webhooks.create({ url: 'https://shop.example/hooks' })
 * if (made.ok) console.log(made.secret) // whsec_… , shown this once
 */
export const webhooksOf = (context: Context) => ({
  create: async (request: CreateWebhook, options?: CallOptions) =>
    withSecret(
      context,
      await writeFitting<WebhookEndpoint>(context, 'create_webhook', request, options),
      options,
    ),
  get: (request: Named): Promise<Answer<WebhookEndpoint>> =>
    readFitting(context, 'get_webhook', withId(request)),
  list: (request: PageRequest<'created_at'> = {}): Promise<PageAnswer<WebhookEndpoint>> =>
    readFitting(context, 'list_webhooks', request),
  update: (request: UpdateWebhook, options?: CallOptions): Promise<Answer<WebhookEndpoint>> =>
    writeFitting(context, 'update_webhook', withId(request), options),
  /** A new secret; the old ones sign beside it for a while: a day, or `overlap_seconds`. */
  rotate: async (
    request: Named & { overlap_seconds?: number | undefined },
    options?: CallOptions,
  ) =>
    withSecret(
      context,
      await writeFitting<WebhookEndpoint>(context, 'rotate_webhook', withId(request), options),
      options,
    ),
  pause: (request: Named, options?: CallOptions): Promise<Answer<WebhookEndpoint>> =>
    writeFitting(context, 'pause_webhook', withId(request), options),
  resume: (request: Named, options?: CallOptions): Promise<Answer<WebhookEndpoint>> =>
    writeFitting(context, 'resume_webhook', withId(request), options),
  remove: (request: Named, options?: CallOptions): Promise<Answer<{ removed: number }>> =>
    writeFitting(context, 'remove_webhook', withId(request), options),
  /** Asks for a test message, which goes the way of all others. */
  ping: (request: Named, options?: CallOptions): Promise<Answer<WebhookEndpoint>> =>
    writeFitting(context, 'ping_webhook', withId(request), options),
  deliveries: (request: ListDeliveries): Promise<PageAnswer<Delivery>> =>
    readFitting(context, 'list_deliveries', withId(request)),
  delivery: (request: Named & { event_id: string }): Promise<Answer<LoggedDelivery>> =>
    readFitting(context, 'get_delivery', withId(request)),
  replay: (
    request: ReplayWebhook,
    options?: CallOptions,
  ): Promise<Answer<{ queued: number; more: boolean }>> =>
    writeFitting(context, 'replay_webhook', withId(request), options),
  sending: sendingOf(context),
})

export type Webhooks = ReturnType<typeof webhooksOf>
