/** What the figures of a scenario should reach: a ratio, or a fact by its name. */
export type Goal = {
  scenario: string
  /** The name of a ratio, or of one of our figures or facts. */
  of: string
  at_least?: number
  at_most?: number
  unit: string
}

const ratio = (scenario: string, of: string, at_least: number): Goal => ({
  ...{ scenario, of, at_least },
  unit: '×',
})

/** The aims of the speed that we promise; each stands in the table beside what was found. */
export const goals: Goal[] = [
  ratio('hot', 'redis_always', 3),
  ratio('hot', 'redis_gathered', 2),
  ratio('hot', 'conditional_update', 40),
  ratio('hot_random_ids', 'growing_ids', 0.65),
  ratio('hot_client_keys', 'growing_ids', 0.65),
  ratio('hot_64', 'redis_always', 1.3),
  ratio('hot_64', 'redis_gathered', 1.1),
  ratio('hot_64', 'conditional_update', 15),
  ratio('spread', 'redis_always', 2),
  ratio('spread', 'redis_gathered', 1.2),
  ratio('spread', 'conditional_update', 5),
  ratio('carts', 'redis_always', 1),
  ratio('carts', 'conditional_update', 6),
  ratio('sellout', 'redis_always', 1),
  ratio('life', 'hold_alone', 0.2),
  ratio('life_spread', 'hold_alone', 0.12),
  ratio('lone', 'conditional_update', 0.6),
  ratio('http_reserve', 'noop', 0.7),
  ratio('http_availability', 'noop', 0.8),
  { scenario: 'half_of_peak', of: 'p99_in_commits', at_most: 5, unit: 'durable commits' },
  ratio('own_transaction', 'select_for_update', 1),
  ratio('own_transaction_hot', 'select_for_update', 1),
  ratio('slow_transaction', 'kept_while_it_sits', 0.4),
  ratio('slow_transaction', 'kept_after', 0.95), // all of it, but for what a machine wavers
  { scenario: 'slow_transaction', of: 'p99_against_before', at_most: 2, unit: '×' },
  { scenario: 'expiry_storm', of: 'p99_against_before', at_most: 2, unit: '×' },
  { scenario: 'idle_memory', of: 'idle_mb', at_most: 150, unit: 'MB' },
]
