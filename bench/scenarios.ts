export type Line = { sku: number; quantity: number }

export type Scenario = {
  name: string
  callers: number
  skus: number
  units: number
  /** A fixed number of buyers instead of a fixed time. */
  buyers?: number
  cart(random: (below: number) => number): Line[]
}

const PLENTY = 1_000_000_000

/** The first four of the benchmark; speed has its own chapter later. */
export const scenarios: Scenario[] = [
  {
    name: 'hot',
    callers: 1_024,
    skus: 1,
    units: PLENTY,
    cart: () => [{ sku: 0, quantity: 1 }],
  },
  {
    name: '10000_skus',
    callers: 1_024,
    skus: 10_000,
    units: PLENTY,
    cart: random => [{ sku: random(10_000), quantity: 1 }],
  },
  {
    name: 'sell_out',
    callers: 20_000,
    skus: 1,
    units: 1_000,
    buyers: 20_000,
    cart: () => [{ sku: 0, quantity: 1 }],
  },
  {
    name: 'three_line_carts',
    callers: 1_024,
    skus: 9_999,
    units: PLENTY,
    cart: random => {
      const first = random(3_333)
      return [
        { sku: first, quantity: 1 },
        { sku: first + 3_333, quantity: 2 },
        { sku: first + 6_666, quantity: 1 },
      ]
    },
  },
]
