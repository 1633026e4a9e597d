import type { FastifyReply, FastifyRequest } from 'fastify'
import { clock } from '../clock.ts'
import { etagOf, isKnown } from './etag.ts'

/** An answer as it goes over the wire, with the tag of its content. */
export class Told {
  readonly text: string
  readonly etag: string

  constructor(answer: unknown) {
    this.text = JSON.stringify(answer)
    this.etag = etagOf(answer)
  }

  /** Sends the text as it stands; 304 without a body if the reader has this content already. */
  send(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    reply.header('etag', this.etag)
    if (isKnown(request, this.etag)) return reply.code(304).send()
    return reply.type('application/json; charset=utf-8').send(this.text)
  }
}

const isRefused = (answer: unknown): boolean => (answer as { ok?: unknown } | null)?.ok === false

type Kept = { began_ms: number; letters: number; told: Promise<unknown> }

/** Of all answers that are kept together. */
const LETTERS_MAX = 32 * 1024 * 1024

/**
 * Answers that were given lately, for readers who say how old one may be. Who asks for the same at
 * the same time waits for the same look; who says nothing has a look of his own.
 */
export class Recent {
  readonly #lettersMax: number
  readonly #kept = new Map<string, Kept>()
  #letters = 0

  constructor(lettersMax = LETTERS_MAX) {
    this.#lettersMax = lettersMax
  }

  /** The answer of this name, begun at most so long ago; else what a look finds now. */
  read(name: string, ageMs: number, look: () => Promise<unknown>): Promise<unknown> {
    const began_ms = clock.monotonicMs()
    const kept = this.#kept.get(name)
    if (kept && began_ms - kept.began_ms <= ageMs) return kept.told
    this.#drop(name)
    const told = look().then(answer => (isRefused(answer) ? answer : new Told(answer)))
    const fresh: Kept = { began_ms, letters: 0, told }
    this.#kept.set(name, fresh)
    told.then(
      answer => this.#weigh(name, fresh, answer instanceof Told ? answer.text.length : 0),
      () => this.#weigh(name, fresh, 0),
    )
    return told
  }

  /** What was refused or failed is not kept; the oldest go when all are too many letters. */
  #weigh(name: string, fresh: Kept, letters: number): void {
    if (this.#kept.get(name) !== fresh) return
    if (letters === 0) this.#drop(name)
    fresh.letters = letters
    this.#letters += letters
    for (const oldest of this.#kept.keys()) {
      if (this.#letters <= this.#lettersMax) break
      this.#drop(oldest)
    }
  }

  #drop(name: string): void {
    this.#letters -= this.#kept.get(name)?.letters ?? 0
    this.#kept.delete(name)
  }
}
