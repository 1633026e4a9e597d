import { Agent as PlainAgent, request as plainRequest, type RequestOptions } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { clock } from '../clock.ts'
import { type Message, signatureOf } from '../webhooks/sign.ts'
import { version } from './version.ts'
import type { Pinned } from './webhookAddress.ts'

const TIMEOUT_MS = 15_000
/** What of an answer is read; one that is longer is cut, and its connection ended. */
const ANSWER_BYTES_MAX = 16_384
/** … and what of that is kept in the log. */
const ANSWER_LETTERS_KEPT = 1_000
const MS_PER_SECOND = 1_000

export type Sent = {
  delivered: boolean
  status: number | null
  error: string | null
  answer: string | null
  took_ms: number
  /** What a Retry-After asks for. */
  wait_seconds: number | null
}

export type SenderOptions = { timeout_ms?: number; at_once?: number }

const waitOf = (header: string | undefined): number | null =>
  header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : null

/** No NUL and no half of a letter: the log's database keeps neither. */
const fitText = (bytes: Buffer[]): string => {
  const letters = [...Buffer.concat(bytes).toString('utf8')].slice(0, ANSWER_LETTERS_KEPT)
  return letters.join('').replaceAll('\u0000', '\ufffd')
}

/** Sends messages to one endpoint, at the address that was pinned, following nothing. */
export class Sender {
  readonly #pinned: Pinned
  readonly #agent: PlainAgent
  readonly #timeoutMs: number

  constructor(pinned: Pinned, { timeout_ms = TIMEOUT_MS, at_once = 8 }: SenderOptions = {}) {
    this.#pinned = pinned
    this.#timeoutMs = timeout_ms
    const { address, family } = pinned
    const options = {
      ...{ keepAlive: true, maxSockets: at_once },
      // Node asks for all addresses, or for one.
      lookup: (_host: string, asked: { all?: boolean }, callback: LookedUp) =>
        asked.all ? callback(null, [{ address, family }]) : callback(null, address, family),
    } as object
    this.#agent =
      pinned.url.protocol === 'https:' ? new SecureAgent(options) : new PlainAgent(options)
  }

  close(): void {
    this.#agent.destroy()
  }

  send(secrets: string[], { id, body }: { id: string; body: string }): Promise<Sent> {
    const seconds = Math.floor(clock.now().getTime() / MS_PER_SECOND)
    return this.#post({ id, seconds, body }, signatureOf(secrets, { id, seconds, body }))
  }

  #post({ id, seconds, body }: Message, signature: string): Promise<Sent> {
    const { url } = this.#pinned
    const post = url.protocol === 'https:' ? secureRequest : plainRequest
    const options: RequestOptions = {
      ...{ method: 'POST', agent: this.#agent },
      headers: {
        ...{ 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        'user-agent': `Holdfast/${version}`,
        ...{ 'webhook-id': id, 'webhook-timestamp': String(seconds) },
        'webhook-signature': signature,
      },
    }
    const beganMs = clock.monotonicMs()
    return new Promise(resolve => {
      const read: Buffer[] = []
      let callOff = (): void => {}
      const end = (of: Partial<Sent>) => {
        callOff()
        const took_ms = Math.round(clock.monotonicMs() - beganMs)
        const nothing = { delivered: false, status: null, error: null, answer: null }
        resolve({ ...nothing, wait_seconds: null, ...of, took_ms })
      }
      const sending = post(url, options, response => {
        const status = response.statusCode ?? 0
        const ended = () => {
          const delivered = status >= 200 && status < 300
          const wait_seconds = waitOf(response.headers['retry-after'])
          const error = delivered ? null : `answered ${status}`
          end({ delivered, status, error, answer: fitText(read), wait_seconds })
        }
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          read.push(chunk)
          if (bytes <= ANSWER_BYTES_MAX) return
          ended()
          sending.destroy()
        })
        response.on('end', ended)
        response.on('error', error => end({ status, error: error.message, answer: fitText(read) }))
      })
      // Of the whole exchange: one who answers a letter a second has no more time than the others.
      callOff = clock.after(this.#timeoutMs, () => {
        end({ error: `no whole answer in ${this.#timeoutMs / MS_PER_SECOND} s` })
        sending.destroy()
      })
      sending.on('error', error => end({ error: error.message || 'the connection broke' }))
      sending.end(body)
    })
  }
}

type LookedUp = (
  error: null,
  address: string | { address: string; family: number }[],
  family?: number,
) => void
