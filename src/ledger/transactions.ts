import type { Context } from '../database/context.ts'
import { readFor } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import type { Page, PageRequest } from './page.ts'

export type TransactionKind =
  | 'reserve'
  | 'amend'
  | 'commit'
  | 'fulfill'
  | 'release'
  | 'expire'
  | 'return'
  | 'record_sale'
  | 'adjust'
  | 'set'
  | 'move'
  | 'receive'
  | 'correct'
  | 'merge'
  | 'import'
  | 'allocate'
  | 'build'
  | 'break_down'
  | 'buffer'

export type LedgerCounter =
  | 'on_hand'
  | 'held'
  | 'committed'
  | 'backordered'
  | 'damaged'
  | 'quality_control'
  | 'set_aside'
  | 'held_backordered'

/** One movement of the ledger: what changed, what was left, who, why and when. */
export type Movement = {
  kind: TransactionKind
  sku: string
  location: string | null
  /** Of the level, raised by one with each movement; null for an untracked SKU. */
  version: number | null
  /** Only what is not zero. */
  changes: Partial<Record<LedgerCounter, number>>
  /** After the movement; null for an untracked SKU, and so is available. */
  balances:
    | (Record<Exclude<LedgerCounter, 'held_backordered'> | 'shortage', number> & {
        /** Left out where it is zero. */
        held_backordered?: number
      })
    | null
  available: number | null
  /** What the movement did to a channel's buffer, where it did anything. */
  buffer?: { channel: string; change: number; units: number; size: number }
  reservation_id: string | null
  line: number | null
  part: number | null
  reason: string | null
  document: string | null
  actor_id: number | null
  occurred_at: string | null
  recorded_at: string
}

export type ListTransactions = PageRequest<'-recorded_at' | 'recorded_at'> & {
  sku?: string | undefined
  location?: string | undefined
  reservation_id?: string | undefined
  document?: string | undefined
  order_reference?: string | undefined
  kind?: TransactionKind | undefined
  /** From this instant on. */
  from?: string | undefined
  /** Before this instant. */
  to?: string | undefined
}

/** A level as it stood: without what policy keeps back, of which the ledger tells nothing. */
export type LevelThen = Record<LedgerCounter | 'shortage', number> & {
  sku: string
  location: string
  reserved: number
  unavailable: number
  /** Always 0: a hold counts until its end was written. */
  overdue: number
  available: number
  version: number
  /** When its last movement until then was recorded. */
  changed_at: string | null
  /** The instant that was asked for. */
  as_of: string
}

export type LevelsAsOf = PageRequest<'sku' | '-sku'> & {
  at: string
  sku?: string | undefined
  location?: string | undefined
}

/**
 * Reads the ledger.
 *
 * @example
 * const { list, levelsAsOf } = ledgerOf(context)
 * const why = await list({ sku: 'TEE-M', location: 'berlin', limit: 20 })
 * const then = await levelsAsOf({ at: '2026-11-24T08:00:00Z', sku: 'TEE-M' })
 */
export const ledgerOf = (context: Context) => ({
  list: (request: ListTransactions = {}): Promise<Answer<Page<Movement>>> =>
    readFor(context, 'list_transactions', request),
  levelsAsOf: (request: LevelsAsOf): Promise<Answer<Page<LevelThen>>> =>
    readFor(context, 'levels_as_of', request),
})
