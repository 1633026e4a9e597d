import { faultsOfBooks } from '../books.ts'
import { requestOf } from '../http/keepAlive.ts'
import { withHttpShop } from '../http/shop.ts'
import { underLoad, warmUp } from '../load.ts'
import { cartOf } from '../ours.ts'
import type { Place } from '../place.ts'
import type { Round, Runner, Scenario } from '../scenario.ts'
import { random } from '../selling.ts'
import { type Line, newTally } from '../shop.ts'
import { PLENTY } from './stock.ts'

const CALLERS = 256

type Asked = {
  path: string
  processes: number
  skus: number
  cart(caller: number): Line[]
}

/** Callers who hold over HTTP: every answer is 201 and, without the no-op, stands in the books. */
const reserve = (place: Place, { path, processes, skus, cart }: Asked, seconds: number) => {
  const stock = { skus, units: PLENTY }
  const noop = path.includes('noop')
  const callers = CALLERS
  return withHttpShop(place, { stock, processes, callers }, async shop => {
    const tally = newTally()
    const once = async (caller: number): Promise<void> => {
      const body = { lines: cartOf(cart(caller)) }
      const request = requestOf({ method: 'POST', path, key: shop.key, body })
      const answer = await shop.connections[caller]?.send(request)
      if (answer?.status !== 201) throw new Error(`${answer?.status}: ${answer?.body}`)
      if (noop) return
      tally.sold++
      tally.sold_units++
    }
    await warmUp(once, { callers, seconds })
    const cluster = await place.cluster()
    const round = await underLoad(once, { callers, seconds, cluster, servers: shop.pids })
    return { ...round, faults: await faultsOfBooks(shop.database, tally, stock) }
  })
}

const runner = (name: string, title: string, stated: string, asked: Asked): Runner => ({
  name,
  title,
  stated,
  run: (place: Place, seconds: number): Promise<Round> => reserve(place, asked, seconds),
})

const one = { processes: 1, skus: 10_000, cart: () => [{ sku: random(10_000), quantity: 1 }] }
const SERVER = 'a server process, keep-alive, one hold a request'

export const httpReserve: Scenario = {
  name: 'http_reserve',
  title: 'HTTP reserve, 10,000 SKUs',
  callers: CALLERS,
  unit: 'requests',
  runners: [
    runner('holdfast', 'Holdfast: POST /v1/reservations', SERVER, {
      ...one,
      path: '/v1/reservations',
    }),
    runner('noop', 'the same server, validated no-op', SERVER, {
      ...one,
      path: '/v1/noop/reservations',
    }),
  ],
}

/** Half of the callers want one SKU, the others any of 10,000. */
const cart = (caller: number): Line[] => [{ sku: caller % 4 < 2 ? 0 : random(10_000), quantity: 1 }]

const manyServers = (name: string, processes: number): Scenario => ({
  name,
  title: `${processes} server processes, half of the callers on one SKU`,
  callers: CALLERS,
  unit: 'requests',
  once: true,
  runners: [
    runner('holdfast', `Holdfast: ${processes} server processes`, SERVER, {
      ...{ path: '/v1/reservations', processes, skus: 10_000, cart },
    }),
    runner('one_server', 'Holdfast: one server process', SERVER, {
      ...{ path: '/v1/reservations', processes: 1, skus: 10_000, cart },
    }),
  ],
})

export const twoServers = manyServers('servers_2', 2)
export const fourServers = manyServers('servers_4', 4)
