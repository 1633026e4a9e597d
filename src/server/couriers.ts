import { clock } from '../clock.ts'
import type { Holdfast } from '../holdfast.ts'
import type { DeliveryResult, TakenDeliveries } from '../webhooks/webhooks.ts'
import { pin } from './webhookAddress.ts'
import { Sender, type SenderOptions, type Sent } from './webhookSender.ts'

/**
 * After so long what came back is written down, whatever is left: with the longest answer to its
 * last message it is within the lease of 30 seconds.
 */
const ROUND_MS = 5_000
/** Endpoints that one process sends to at the same time. */
const ENDPOINTS_MAX = 32
const LANES_AT_ONCE = 8
/** When this process ends: so long what is on its way may take. */
const STOP_MS = 1_000

export type CourierOptions = SenderOptions & {
  /** Messages may also go to addresses that are not public, and by http. */
  to_private?: boolean | undefined
}

type Took = (count: number, lagSeconds: number) => void

const failed = (error: Error): Sent => ({
  ...{ delivered: false, status: null, error: error.message, answer: null },
  ...{ took_ms: 0, wait_seconds: null },
})

/** What of a delivery is due, by lane: a lane is sent in its order, lanes beside each other. */
const lanesOf = ({ deliveries }: TakenDeliveries): Map<string, TakenDeliveries['deliveries']> => {
  const lanes = new Map<string, TakenDeliveries['deliveries']>()
  for (const delivery of deliveries) {
    lanes.set(delivery.lane, [...(lanes.get(delivery.lane) ?? []), delivery])
  }
  return lanes
}

/** Sends webhooks: an endpoint at a time is one process's, and any process may take it. */
export class Couriers {
  readonly #options: CourierOptions
  readonly #server = clock.uuid()
  readonly #running = new Map<string, Promise<void>>()
  readonly #senders = new Set<Sender>()
  #over = false

  constructor(options: CourierOptions) {
    this.#options = options
  }

  /** Looks what is due in a tenant, and sets out with it; does not wait for the world. */
  async look(holdfast: Holdfast, took: Took): Promise<void> {
    const work = await holdfast.webhooks.sending.work({ server: this.#server })
    took(0, work.lag_seconds)
    for (const endpointId of work.endpoint_ids) {
      const name = `${holdfast.tenant_id}/${endpointId}`
      if (this.#over || this.#running.has(name) || this.#running.size >= ENDPOINTS_MAX) continue
      const run = this.#serve(holdfast, endpointId, took)
        .catch(() => {}) // the database is away: the lease ends, and the next look finds it again
        .finally(() => this.#running.delete(name))
      this.#running.set(name, run)
    }
  }

  /** Settles when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values())
  }

  /** What is on its way has a moment to arrive; else another process sends it again. */
  async stop(): Promise<void> {
    this.#over = true
    const callOff = clock.after(STOP_MS, () => {
      for (const sender of this.#senders) sender.close()
    })
    await this.idle()
    callOff()
  }

  /** Sends to one endpoint until nothing is due. */
  async #serve(holdfast: Holdfast, endpointId: number, took: Took): Promise<void> {
    const { sending } = holdfast.webhooks
    const of = { endpoint_id: endpointId, server: this.#server }
    for (let keep = true; keep; ) {
      const taken = await sending.take(of)
      if (taken.busy) return
      const results = await this.#round(taken)
      keep = results.length > 0 && !this.#over
      took(results.filter(({ delivered }) => delivered).length, 0)
      await sending.record({ ...of, keep, results })
    }
  }

  async #round(taken: TakenDeliveries): Promise<DeliveryResult[]> {
    if (taken.deliveries.length === 0) return []
    const untilMs = clock.monotonicMs() + ROUND_MS
    const results: DeliveryResult[] = []
    const note = (position: number, { ...sent }: Sent) =>
      results.push({ position, ...sent, chance: clock.random() })
    let sender: Sender
    try {
      const pinned = await pin(taken.url, { toPrivate: this.#options.to_private ?? false })
      sender = new Sender(pinned, { at_once: LANES_AT_ONCE, ...this.#options })
    } catch (error) {
      // Not even an address: all of them wait, those of a lane behind its first.
      for (const [first] of lanesOf(taken).values()) {
        if (first) note(first.position, failed(error as Error))
      }
      return results
    }
    const lanes = [...lanesOf(taken).values()]
    const work = async () => {
      for (let lane = lanes.shift(); lane; lane = lanes.shift()) {
        for (const { position, body } of lane) {
          if (this.#over || clock.monotonicMs() > untilMs) return
          const sent =
            body === null
              ? failed(new Error('the event was forgotten'))
              : await sender.send(taken.secrets, { id: `evt_${position}`, body })
          if (this.#over && sent.status === null) return // it was cut off: nobody knows
          note(position, sent)
          if (!sent.delivered) break // what comes after it waits for it
        }
      }
    }
    this.#senders.add(sender)
    await Promise.all(Array.from({ length: LANES_AT_ONCE }, work))
    this.#senders.delete(sender)
    sender.close()
    return results
  }
}
