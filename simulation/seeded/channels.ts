import { type Books, freeOf, kinds, type Movement, waitingChange } from './books.ts'
import type { Buffers, Move } from './buffers.ts'

/** Who takes units only where they are free for it. */
const TAKES: number[] = [kinds.reserve, kinds.amend, kinds.commit]

/**
 * Plays the ledger again, level by level: a buffer never has more than it is to keep, no sale takes
 * what is kept for another channel, whoever waits is not served from it, and at the end no buffer
 * is short while units are free.
 */
export const bufferFaults = (books: Books, buffers: Buffers): string[] =>
  [...books.byLevel].flatMap(([level, movements]) => {
    const safety = books.safety.get(level) ?? 0
    const kept = new Map<string, Move>()
    let before = -safety
    const faults: string[] = []
    for (const movement of movements) {
      const moves = buffers.movesAt(level, Number(movement.version))
      for (const move of moves) kept.set(move.channel, move)
      const units = [...kept.values()].reduce((sum, buffer) => sum + buffer.units, 0)
      const after = freeOf(movement.balances) - safety - movement.waits.left - units
      const fault =
        faultOf(movement, buffers, moves) ?? (isPast(movement, before, after) ? PAST : undefined)
      if (fault) faults.push(`${level} version ${movement.version}: ${fault}`)
      before = after
    }
    const short = [...kept.values()].reduce((sum, { size, units }) => sum + size - units, 0)
    if (short > 0 && before > 0) faults.push(`${level}: a buffer is short, ${before} are free`)
    return faults
  })

const PAST = 'units that are kept for a channel were taken'

/** `before`, `after`: what is free for all; those who join the queue with the sale take nothing. */
const isPast = (movement: Movement, before: number, after: number): boolean => {
  const { kind, changes } = movement
  const taken = changes.held + changes.committed
  if (taken <= 0) return false
  if (kind === kinds.allocate) return after + movement.waits.left < 0
  return TAKES.includes(kind) && after + Math.max(0, waitingChange(movement)) < Math.min(0, before)
}

const faultOf = (movement: Movement, buffers: Buffers, moves: Move[]): string | undefined => {
  const over = moves.find(({ units, size }) => units < 0 || units > size)
  if (over) return `the buffer of ${over.channel} has ${over.units} of ${over.size}`
  if (movement.kind === kinds.buffer) return undefined
  const own = buffers.channelOf(movement.reservation_id)
  const foreign = moves.find(({ channel, change }) => channel !== own || change > 0)
  return foreign && `a sale of ${own} moved the buffer of ${foreign.channel}`
}
