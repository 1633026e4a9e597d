import { connect, type Socket } from 'node:net'
import { clock } from '../src/clock.ts'

export type Outcome = { status: number; retryAfter: boolean; ms: number; endedMs: number }

type Waiting = { dueMs: number; resolve: (outcome: Outcome) => void }

const TICK_MS = 4
const CONNECTIONS_MAX = 1_500
/** More than this the load generator itself cannot send; it is counted, never hidden. */
const UNSENT_MAX = 20_000
const HEAD_END = '\r\n\r\n'

/** One HTTP connection: one request at a time, its answer read as far as a test needs it. */
class Line {
  readonly #socket: Socket
  readonly #free: (line: Line) => void
  #heard = ''
  #waiting: Waiting | undefined

  constructor(port: number, free: (line: Line) => void) {
    this.#free = free
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true)
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', text => this.#hear(String(text)))
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => this.#answer(0, false))
  }

  get dead(): boolean {
    return this.#socket.destroyed
  }

  send(request: string, waiting: Waiting): void {
    this.#waiting = waiting
    this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }

  #hear(text: string): void {
    this.#heard += text
    const end = this.#heard.indexOf(HEAD_END)
    if (end < 0) return
    const head = this.#heard.slice(0, end)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#heard.length < end + HEAD_END.length + length) return
    this.#heard = ''
    this.#answer(Number(head.slice(9, 12)), /retry-after: \d/i.test(head))
    if (!/connection: close/i.test(head)) this.#free(this)
  }

  #answer(status: number, retryAfter: boolean): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    const endedMs = clock.monotonicMs()
    waiting?.resolve({ status, retryAfter, ms: endedMs - waiting.dueMs, endedMs })
  }
}

/** Clients that do not wait for each other: what they do is counted from when it was due. */
export class OpenLoop {
  readonly #port: number
  readonly #request: string
  readonly #idle: Line[] = []
  readonly #lines = new Set<Line>()
  readonly #unsent: Waiting[] = []

  constructor(port: number, key: string, body: object) {
    this.#port = port
    const text = JSON.stringify(body)
    const head = [
      'POST /v1/reservations HTTP/1.1',
      'host: localhost',
      `authorization: Bearer ${key}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(text)}`,
    ]
    this.#request = `${head.join('\r\n')}${HEAD_END}${text}`
  }

  /** So many at once, each asking again as soon as it is answered: the most that can be done. */
  async closed(clients: number, ms: number): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    const endMs = clock.monotonicMs() + ms
    const client = async () => {
      while (clock.monotonicMs() < endMs) outcomes.push(await this.#ask(clock.monotonicMs()))
    }
    await Promise.all(Array.from({ length: clients }, client))
    return outcomes
  }

  /** So many a second, whatever becomes of them. */
  async open(perSecond: number, ms: number): Promise<{ outcomes: Outcome[]; unsent: number }> {
    const asked: Promise<Outcome>[] = []
    const beganMs = clock.monotonicMs()
    let unsent = 0
    for (let at = 0; at < ms; at = clock.monotonicMs() - beganMs) {
      const due = Math.floor((at / 1_000) * perSecond) - asked.length - unsent
      for (let n = 0; n < due; n++) {
        if (this.#unsent.length >= UNSENT_MAX) unsent++
        else asked.push(this.#ask(beganMs + ((asked.length + unsent) / perSecond) * 1_000))
      }
      await clock.sleep(TICK_MS)
    }
    return { outcomes: await Promise.all(asked), unsent }
  }

  close(): void {
    for (const line of this.#lines) line.close()
  }

  #ask(dueMs: number): Promise<Outcome> {
    return new Promise(resolve => {
      const waiting = { dueMs, resolve }
      const line = this.#idleLine()
      if (line) line.send(this.#request, waiting)
      else this.#unsent.push(waiting)
    })
  }

  #idleLine(): Line | undefined {
    for (let line = this.#idle.pop(); line; line = this.#idle.pop()) {
      if (!line.dead) return line
      this.#lines.delete(line)
    }
    if (this.#lines.size >= CONNECTIONS_MAX) return undefined
    const made = new Line(this.#port, free => {
      const next = this.#unsent.shift()
      if (next) free.send(this.#request, next)
      else this.#idle.push(free)
    })
    this.#lines.add(made)
    return made
  }
}
