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
]
