/** Units that no round sells out. */
export const PLENTY = 1_000_000_000

/** The comparators of the quick mode. */
export const QUICK = ['conditional_update', 'redis_always', 'redis_gathered']
