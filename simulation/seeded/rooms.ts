import type { Books, Movement } from './books.ts'
import type { Call } from './call.ts'
import type { Random } from './random.ts'
import { channels } from './rooms/channels.ts'
import { reads } from './rooms/reads.ts'
import { reservations } from './rooms/reservations.ts'
import { stock } from './rooms/stock.ts'
import { supply } from './rooms/supply.ts'
import type { Shop } from './shop.ts'

/** The verbs that a simulated client can call, as the library names them. */
export type Verb =
  | 'reserve'
  | 'amend'
  | 'extend'
  | 'commit'
  | 'fulfill'
  | 'release'
  | 'return'
  | 'recordSale'
  | 'expire'
  | 'adjust'
  | 'set'
  | 'move'
  | 'receive'
  | 'supply.book'
  | 'supply.update'
  | 'supply.cancel'
  | 'supply.receive'
  | 'channels.setBuffers'
  | 'levels'
  | 'availability'
  | 'reservation'

export type Answered = {
  ok: boolean
  replayed?: true
  reservation_id?: string
  expires_at?: string | null
  reacquired?: true
  lines?: AnsweredLine[]
  data?: Record<string, unknown>[]
  refusal?: { code: string; [fact: string]: unknown }
  [fact: string]: unknown
}

export type AnsweredLine = {
  line: number
  part: number
  sku: string
  location: string | null
  version: number | null
  [counter: string]: unknown
}

/** What a room says of one of its verbs: how clients use it, and what its grants must have done. */
export type Play = {
  verb: Verb
  /** How often it is called, in proportion to the others. */
  weight: number
  /** False for reads, which take no key and move nothing. */
  writes: boolean
  /** Asked without a deadline: the engine does not gather it. */
  patient?: true
  /** A request that this shop may send; undefined when there is nothing to send yet. */
  request(shop: Shop, random: Random): object | undefined
  /** A complaint when a grant is not what the books say; `moved` are the movements of this call. */
  wrong(call: Call, answer: Answered, moved: Movement[], books: Books): string | undefined
}

/** A room that comes later adds its table here. */
export const plays: Play[] = [...reservations, ...stock, ...reads]

/** Of shops that sell beyond stock. */
export const queuePlays: Play[] = [...supply]

/** Of shops that sell by channels. */
export const channelPlays: Play[] = [...channels]

const all = [...plays, ...queuePlays, ...channelPlays]

export const playAt = (index: number): Play | undefined => all[index]

export const playOf = (verb: Verb): Play => all.find(play => play.verb === verb) as Play
