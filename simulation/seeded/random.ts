/** Chance that a seed repeats: the same seed gives the same draws, in the same order. */
export type Random = {
  /** 0 ≤ n < bound */
  below(bound: number): number
  between(least: number, most: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** An index, each as often as its weight says. */
  weighted(weights: readonly number[]): number
  /** Another source for another purpose, so that a draw more in one moves nothing in the other. */
  fork(purpose: string): Random
}

const hashOf = (text: string): number => {
  let hash = 2_166_136_261
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619)
  return hash >>> 0
}

/** Four words of state, 32 bits a draw: the small fast generator of Chris Doty-Humphrey (sfc32). */
const generator = (seed: string): (() => number) => {
  let a = hashOf(`${seed}/a`)
  let b = hashOf(`${seed}/b`)
  let c = hashOf(`${seed}/c`)
  let counter = 1
  const next = (): number => {
    const drawn = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + drawn
    return drawn >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

export const randomOf = (seed: string): Random => {
  const next = generator(seed)
  const random: Random = {
    below: bound => Math.floor((next() / 4_294_967_296) * bound),
    between: (least, most) => least + random.below(most - least + 1),
    chance: probability => next() / 4_294_967_296 < probability,
    pick: items => items[random.below(items.length)] as (typeof items)[number],
    weighted: weights => {
      let left = (next() / 4_294_967_296) * weights.reduce((sum, weight) => sum + weight, 0)
      const found = weights.findIndex(weight => {
        left -= weight
        return left < 0
      })
      return found < 0 ? weights.findIndex(weight => weight > 0) : found
    },
    fork: purpose => randomOf(`${seed}/${purpose}`),
  }
  return random
}
