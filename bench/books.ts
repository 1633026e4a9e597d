import pg from 'pg'
import type { BenchDatabase } from './cluster.ts'
import { type Stock, type Tally, unequal } from './shop.ts'

/** Every level against its ledger: counters, and as many movements as versions. */
const LEVELS = `
  with written as (
    select level_id, count(*) as movements, max(version) as version,
      sum(on_hand_change) as on_hand, sum(held_change) as held, sum(committed_change) as committed
    from holdfast.inventory_transactions group by level_id
  )
  select count(*) filter (where l.version <> coalesce(w.movements, 0)
      or l.version <> coalesce(w.version, 0) or l.on_hand <> coalesce(w.on_hand, 0)
      or l.held <> coalesce(w.held, 0) or l.committed <> coalesce(w.committed, 0))::int as wrong,
    count(*) filter (where l.held + l.committed > l.on_hand)::int as oversold,
    coalesce(sum(l.held), 0)::float8 as held,
    coalesce(sum(l.committed), 0)::float8 as committed,
    coalesce(sum(l.on_hand), 0)::float8 as on_hand
  from holdfast.levels l left join written w using (level_id)`

const RESERVATIONS = 'select count(*)::int as reservations from holdfast.reservations'

export type Books = {
  wrong: number
  oversold: number
  held: number
  committed: number
  on_hand: number
  reservations: number
}

/** The sums of our books, as a superuser reads them past every wall. */
export const readBooks = async ({ owner }: BenchDatabase): Promise<Books> => {
  const client = new pg.Client(owner)
  await client.connect()
  try {
    const { rows: levels } = await client.query(LEVELS)
    const { rows: reservations } = await client.query(RESERVATIONS)
    return { ...levels[0], ...reservations[0] }
  } finally {
    await client.end()
  }
}

/** After holds alone: every answer stands in the books, and nothing else does. */
export const faultsOfBooks = async (
  database: BenchDatabase,
  tally: Tally,
  stock: Stock,
): Promise<string[]> => {
  const books = await readBooks(database)
  return unequal({
    'levels that contradict their ledger': [books.wrong, 0],
    'oversold levels': [books.oversold, 0],
    'units held': [books.held, tally.sold_units],
    reservations: [books.reservations, tally.sold],
    'units on hand': [books.on_hand, stock.skus * stock.units],
  })
}
