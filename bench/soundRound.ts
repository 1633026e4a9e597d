import { type Books, readBooks } from './books.ts'
import type { BenchDatabase } from './cluster.ts'
import { type Once, underLoad, warmUp } from './load.ts'
import type { Place } from './place.ts'
import type { Round } from './scenario.ts'
import { unequal } from './shop.ts'

/**
 * A warm-up and a round of ours, whose faults are what the books contradict afterwards: themselves,
 * or what the callers were told (`expected`, pairs of found and expected).
 */
export const soundRound = async (
  place: Place,
  options: {
    once: Once
    callers: number
    seconds: number
    database: BenchDatabase
    expected(books: Books): Record<string, [found: number, expected: number]>
  },
): Promise<Round> => {
  const { once, callers, seconds, database, expected } = options
  const cluster = await place.cluster()
  await cluster.admin.query('checkpoint')
  await warmUp(once, { callers, seconds })
  const round = await underLoad(once, { callers, seconds, cluster })
  const books = await readBooks(database)
  const faults = unequal({
    'levels that contradict their ledger': [books.wrong, 0],
    'oversold levels': [books.oversold, 0],
    ...expected(books),
  })
  return { ...round, faults }
}
