import type { Level } from '../../api/client.ts'

export type Sums = Record<
  'on_hand' | 'committed' | 'held' | 'unavailable' | 'available' | 'backordered',
  number
>

/** The counters of all its levels together. */
export const sumsOf = (levels: Level[]): Sums =>
  levels.reduce(
    (sums, level) => ({
      on_hand: sums.on_hand + level.on_hand,
      committed: sums.committed + level.committed,
      held: sums.held + level.held - level.overdue,
      unavailable: sums.unavailable + level.unavailable,
      available: sums.available + level.available,
      backordered: sums.backordered + level.backordered,
    }),
    { on_hand: 0, committed: 0, held: 0, unavailable: 0, available: 0, backordered: 0 },
  )
