import type pg from 'pg'
import type { Shop } from './shop.ts'

/** What a movement did to a channel's buffer, and what the buffer has after it. */
export type Move = { channel: string; change: number; units: number; size: number }

/** The buffers of a shop's channels, as the ledger tells of them. */
export class Buffers {
  readonly #moves = new Map<string, Map<number, Move[]>>()
  readonly #channelOf: Map<string, string>

  constructor(
    rows: (Move & { level: string; version: number })[],
    channelOf: Map<string, string> = new Map(),
  ) {
    this.#channelOf = channelOf
    for (const { level, version, ...move } of rows) {
      const moves = this.#moves.get(level) ?? new Map<number, Move[]>()
      this.#moves.set(level, moves)
      moves.set(version, [...(moves.get(version) ?? []), move])
    }
  }

  channelOf(reservationId: string | null): string | undefined {
    return reservationId === null ? undefined : this.#channelOf.get(reservationId)
  }

  movesAt(level: string, version: number): Move[] {
    return this.#moves.get(level)?.get(version) ?? []
  }

  /** How many units are kept at a level at a version, and are to be: for all, or for one. */
  at(level: string, version: number, channel?: string): { units: number; size: number } {
    const kept = new Map<string, Move>()
    for (const [at, moves] of this.#moves.get(level) ?? []) {
      if (at <= version) for (const move of moves) kept.set(move.channel, move)
    }
    const all = [...kept.values()].filter(of => channel === undefined || of.channel === channel)
    return {
      units: all.reduce((sum, { units }) => sum + units, 0),
      size: all.reduce((sum, { size }) => sum + size, 0),
    }
  }
}

export const readBuffers = async (owner: pg.Pool, { tenant_id }: Shop): Promise<Buffers> => {
  const moves = await owner.query(
    `select s.code || ' at ' || p.code as level, m.version::float8, c.code as channel,
       m.change::float8, m.units::float8, m.size::float8
     from holdfast.buffer_moves m
     join holdfast.levels l on l.tenant_id = m.tenant_id and l.level_id = m.level_id
     join holdfast.skus s on s.tenant_id = l.tenant_id and s.sku_id = l.sku_id
     join holdfast.locations p on p.tenant_id = l.tenant_id and p.location_id = l.location_id
     join holdfast.channels c on c.tenant_id = m.tenant_id and c.channel_id = m.channel_id
     where m.tenant_id = $1 order by m.level_id, m.version`,
    [tenant_id],
  )
  const sold = await owner.query(
    `select r.reservation_id, c.code as channel from holdfast.reservations r
     join holdfast.channels c on c.tenant_id = r.tenant_id and c.channel_id = r.channel_id
     where r.tenant_id = $1`,
    [tenant_id],
  )
  return new Buffers(moves.rows, new Map(sold.rows.map(row => [row.reservation_id, row.channel])))
}
