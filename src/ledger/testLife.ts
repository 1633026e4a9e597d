import type { TestShop } from './testShop.ts'

/** The same numbers on every run. */
const randomFrom = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

const skus = ['A', 'B', 'C', 'D', 'E', 'EBOOK', 'A-PACK-6'] as const
const places = ['berlin', 'paris'] as const
const states = ['available', 'damaged', 'quality_control', 'set_aside'] as const

/** Draws requests of every verb, as a shop with no plan would make them. */
export const drawsFrom = (seed: number) => {
  const random = randomFrom(seed)
  const upTo = (most: number): number => 1 + Math.floor(random() * most)
  const oneOf = <Item>(items: readonly Item[]): Item => items[upTo(items.length) - 1] as Item
  const cart = () =>
    Array.from({ length: upTo(3) }, () => ({
      sku: oneOf(skus),
      quantity: upTo(4),
      ...(random() < 0.5 ? { location: oneOf(places) } : {}),
    }))
  const stockLine = () => ({ sku: oneOf(skus.slice(0, 5)), location: oneOf(places) })
  type Draw = (reservation_id: string | undefined) => [verb: string, request: object]
  const draws: Draw[] = [
    () => ['reserve', { lines: cart(), hold_seconds: oneOf([60, 1800]), split: random() < 0.3 }],
    () => ['reserve', { lines: cart(), partial: true }],
    () => ['record_sale', { order_reference: 'till', lines: cart(), fulfilled: random() < 0.5 }],
    reservation_id => ['amend', { reservation_id, lines: cart() }],
    reservation_id => ['extend', { reservation_id }],
    reservation_id => ['commit', { reservation_id, order_reference: 'o-1' }],
    reservation_id => ['commit', { reservation_id, order_reference: 'o-1' }],
    reservation_id => ['fulfill', { reservation_id }],
    reservation_id => ['release', { reservation_id }],
    reservation_id => ['return', { reservation_id, state: oneOf(states.slice(0, 3)) }],
    () => ['receive', { lines: [{ ...stockLine(), quantity: upTo(9) }] }],
    () => ['adjust', { lines: [{ ...stockLine(), quantity: upTo(9) - 5 }] }],
    () => ['set', { lines: [{ ...stockLine(), quantity: upTo(25) }] }],
    () => [
      'move',
      { lines: [{ ...stockLine(), quantity: 1, from: oneOf(states), to: oneOf(states) }] },
    ],
    () => ['expire', {}],
  ]
  return { draw: (open: string[]) => oneOf(draws)(oneOf(open.slice(-12))), cart, stockLine, oneOf }
}

/** Lives a random life: granted or refused, every verb leaves the books sound. */
export const live = async (
  shop: Pick<TestShop, 'attempt' | 'shiftClock'>,
  seed: number,
  operations: number,
): Promise<void> => {
  const { draw } = drawsFrom(seed)
  const open: string[] = []
  for (let n = 0; n < operations; n++) {
    if (n % 100 === 50) await shop.shiftClock(`${n} seconds`)
    const [verb, request] = draw(open)
    const answer = await shop.attempt(verb, request)
    if (answer.ok && answer.reservation_id) open.push(answer.reservation_id)
  }
  await shop.attempt('reserve', { lines: [{ sku: 'EBOOK', quantity: 1 }] })
}
