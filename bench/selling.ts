import { clock } from '../src/clock.ts'
import { atOnce, underLoad, warmUp } from './load.ts'
import type { Place } from './place.ts'
import type { Round, Runner, Scenario } from './scenario.ts'
import { counted, type Line, newTally, type Seller, type Shop, type Stock } from './shop.ts'

type Cart = (random: (below: number) => number) => Line[]

export type Selling = {
  name: string
  title: string
  callers: number
  stock: Stock
  cart: Cart
  /** Ours first. */
  sellers: Seller[]
  quick?: string[]
}

export const random = (below: number): number => Math.floor(clock.random() * below)

/** Opens a shop, lets work be done in it, and closes it whatever happens. */
export const withShop = async (
  place: Place,
  { seller, stock }: { seller: Seller; stock: Stock },
  work: (shop: Shop) => Promise<Round>,
): Promise<Round> => {
  const shop = await seller.open(place, stock)
  try {
    if (shop.metered.cluster) await shop.metered.cluster.admin.query('checkpoint')
    return await work(shop)
  } finally {
    await shop.close()
  }
}

/** The runner of a seller: who it is, and its round. */
export const runnerOf = ({ name, title, stated, missing }: Seller, run: Runner['run']): Runner => ({
  name,
  title,
  stated,
  ...(missing ? { missing } : {}),
  run,
})

/** Many callers who hold carts for as long as a round lasts. */
export const selling = (options: Selling): Scenario => {
  const { name, title, callers, stock, cart, sellers, quick } = options
  const runners = sellers.map(seller =>
    runnerOf(seller, (place, seconds) =>
      withShop(place, { seller, stock }, async shop => {
        const tally = newTally()
        const reserve = counted(shop, tally)
        const once = () => reserve(cart(random))
        await warmUp(once, { callers, seconds })
        const round = await underLoad(once, { callers, seconds, ...shop.metered })
        const { sold, refused, lost } = tally
        return { ...round, faults: await shop.faults(tally), facts: { sold, refused, lost } }
      }),
    ),
  )
  return { name, title, callers, unit: 'holds', runners, ...(quick ? { quick } : {}) }
}

/** Buyers who come all at once to too few units of SKU 0; SKU 1 is for the warm-up. */
export const sellingOut = (options: {
  name: string
  title: string
  buyers: number
  units: number
  sellers: Seller[]
  quick?: string[]
}): Scenario => {
  const { name, title, buyers, units, sellers, quick } = options
  const stock = { skus: 2, units }
  const runners = sellers.map(seller =>
    runnerOf(seller, place =>
      withShop(place, { seller, stock }, async shop => {
        const tally = newTally()
        const reserve = counted(shop, tally)
        const few = { callers: 16, calls: units / 32 }
        await Promise.all(
          Array.from({ length: few.callers }, async () => {
            for (let call = 0; call < few.calls; call++) await reserve([{ sku: 1, quantity: 1 }])
          }),
        )
        const before = { ...tally }
        const once = () => reserve([{ sku: 0, quantity: 1 }])
        const round = await atOnce(once, buyers, shop.metered)
        const sold = tally.sold - before.sold
        const refused = tally.refused - before.refused
        const faults = await shop.faults(tally)
        if (sold !== units) faults.push(`sold ${sold} of ${units}`)
        if (refused !== buyers - units) faults.push(`refused ${refused} of ${buyers - units}`)
        return { ...round, faults, facts: { sold, refused } }
      }),
    ),
  )
  return { name, title, callers: buyers, unit: 'answers', runners, ...(quick ? { quick } : {}) }
}
