import { type Holdfast, HoldfastError } from '../../src/index.ts'
import { type Call, tellAnswer, tellCall } from './call.ts'
import { type Client, mayAskAgain, type Workload } from './client.ts'
import type { Process } from './process.ts'
import type { Answered } from './rooms.ts'

/** Errors that a caller must expect of a world that fails; any other is a bug. */
const EXPECTED_ERRORS = new Set(['database_unavailable', 'deadline_exceeded', 'busy'])

/** Timers of one instant fire one after another. */
const DEADLINE_SLACK_MS = 5

export type Watcher = {
  step(): number
  now_ms(): number
  clock_ms(): number
  tell(line: string): void
  violated(complaint: string): void
  /** True while a statement of this call is still on its way to the database. */
  isUnderWay(call: Call): boolean
}

type Method = (request: object, options?: object) => Promise<Answered>

/** Runs a call on the library; its options only where it is a write. */
export const perform = async (
  holdfast: Holdfast,
  call: Call,
  options: object,
): Promise<Answered> => {
  const [first = '', second] = call.verb.split('.')
  const room = (holdfast as unknown as Record<string, unknown>)[first]
  const method = (second ? (room as Record<string, unknown>)[second] : room) as Method
  const answer = await method(call.request, options)
  return call.verb === 'expire' ? { ...answer, ok: true } : answer
}

/** Calls for the clients, and keeps what they were told. */
export class Caller {
  readonly calls: Call[] = []
  readonly open = new Set<Call>()
  readonly #workload: Workload
  readonly #watcher: Watcher
  readonly #processes = new Map<Call, { process: Process; client: Client; attempt: number }>()

  constructor(workload: Workload, watcher: Watcher) {
    this.#workload = workload
    this.#watcher = watcher
  }

  /** The client's call: a new one, or the one that has had no answer yet. */
  draw(client: Client): Call {
    client.call ??= this.#workload.next(client)
    return client.call
  }

  /** Gives up a call before it was asked. */
  drop(client: Client): void {
    client.call = undefined
  }

  /** A call that had no answer is asked once more; it counts as open all the time. */
  reopen(call: Call): void {
    call.outcome = 'open'
    this.open.add(call)
    this.clockChanged(this.#watcher.clock_ms()) // it may have changed while the call was not open
  }

  /** Calls that are open have now seen this instant, too. */
  clockChanged(ms: number): void {
    for (const call of this.open) {
      call.clock_least_ms = Math.min(call.clock_least_ms, ms)
      call.clock_most_ms = Math.max(call.clock_most_ms, ms)
    }
  }

  begin(client: Client): Call {
    const call = this.draw(client)
    const { step, clock_ms, tell } = this.#watcher
    if (call.invoked_at === 0) {
      this.calls.push(call)
      this.open.add(call)
      call.invoked_at = step()
      call.clock_least_ms = clock_ms()
      call.clock_most_ms = clock_ms()
    }
    call.asked++
    client.call = call
    client.waiting = true
    tell(`client ${client.number} call ${call.id} (${call.asked}) ${tellCall(call)}`)
    return call
  }

  ask(client: Client, process: Process): void {
    const call = this.begin(client)
    const attempt = call.asked
    const asked_ms = this.#watcher.now_ms()
    this.#processes.set(call, { process, client, attempt })
    const { key, deadline_ms } = call
    const options = {
      ...(key === undefined ? {} : { key }),
      ...(deadline_ms === undefined ? {} : { deadline_ms }),
    }
    const isCurrent = (): boolean => {
      if (this.#processes.get(call)?.attempt !== attempt) return false
      const took = this.#watcher.now_ms() - asked_ms
      if (took > (deadline_ms ?? Number.POSITIVE_INFINITY) + DEADLINE_SLACK_MS) {
        this.#watcher.violated(`call ${call.id} took ${took} ms, its deadline was ${deadline_ms}`)
      }
      return true
    }
    process
      .voice(call.shop, call.id)
      .then(holdfast => perform(holdfast, call, options))
      .then(
        answer => isCurrent() && this.answered(client, call, answer),
        error => isCurrent() && this.#failed(client, call, error),
      )
  }

  answered(client: Client, call: Call, answer: Answered): void {
    this.#processes.delete(call)
    this.open.delete(call)
    call.answer = answer
    call.outcome = answer.ok ? 'granted' : 'refused'
    call.answered_at = this.#watcher.step()
    client.call = undefined
    client.waiting = false
    const versions = answer.lines?.map(({ version }) => version).join(' ') ?? ''
    this.#watcher.tell(`call ${call.id} ${tellAnswer(call)} ${versions}`)
    if (answer.ok && answer.reservation_id && answer.lines && call.verb !== 'reservation') {
      call.shop.remember({
        reservation_id: answer.reservation_id,
        expires_ms: answer.expires_at ? Date.parse(answer.expires_at) : null,
        lines: answer.lines.map(({ sku, location, ...line }) => ({
          sku,
          location: location ?? 'anywhere',
          quantity: Number(line['quantity']),
        })),
      })
    }
  }

  /** A server process has died: its callers know nothing of their calls. */
  lose(process: Process): void {
    for (const [call, { process: of, client }] of [...this.#processes]) {
      if (of === process) this.#unanswered(client, call, 'the server died')
    }
  }

  #failed(client: Client, call: Call, error: unknown): void {
    if (!(error instanceof HoldfastError) || !EXPECTED_ERRORS.has(error.code)) {
      this.#watcher.violated(`call ${call.id} ended with a bug: ${(error as Error).message}`)
    }
    this.#unanswered(client, call, (error as { code?: string }).code ?? String(error))
  }

  #unanswered(client: Client, call: Call, why: string): void {
    this.#processes.delete(call)
    if (this.#watcher.isUnderWay(call)) call.effect_may_follow = true
    client.waiting = false
    const again = mayAskAgain(call)
    if (!again) {
      this.open.delete(call)
      call.outcome = 'unknown'
      client.call = undefined
    }
    this.#watcher.tell(`call ${call.id} failed: ${why}${again ? '' : ', given up'}`)
  }
}
