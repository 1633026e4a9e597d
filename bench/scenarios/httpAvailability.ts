import { requestOf } from '../http/keepAlive.ts'
import { withHttpShop } from '../http/shop.ts'
import { underLoad, warmUp } from '../load.ts'
import { codeOf } from '../ours.ts'
import type { Place } from '../place.ts'
import type { Round, Runner, Scenario } from '../scenario.ts'
import { random } from '../selling.ts'

const CALLERS = 64
const SKUS = 10_000
const ASKED = 50
const PAGES = 200 // lists of 50 SKUs that are asked for, as a shop's pages are

/** What a page of a shop will do with; the answer says how old it is. */
const AGE_MS = 1_000

const queryOf = (page: number): string => {
  const skus = Array.from({ length: ASKED }, (_, n) => codeOf((page * ASKED + n) % SKUS))
  return [`max_age_ms=${AGE_MS}`, ...skus.map(sku => `sku=${sku}`)].join('&')
}

type Answer = { data?: { sellable: number; as_of?: string }[]; as_of?: string }

/** Every SKU has an answer, and the answer says how old it is. */
const faultsOf = (body: string): string[] => {
  const { data = [], as_of } = JSON.parse(body) as Answer
  const faults: string[] = []
  if (data.length !== ASKED) faults.push(`${data.length} of ${ASKED} SKUs were answered`)
  if (as_of === undefined && data[0]?.as_of === undefined) faults.push('no age is stated')
  return faults
}

const read = (place: Place, path: string, seconds: number): Promise<Round> => {
  const stock = { skus: SKUS, units: 100 }
  const callers = CALLERS
  return withHttpShop(place, { stock, processes: 1, callers }, async shop => {
    const requests = Array.from({ length: PAGES }, (_, page) =>
      requestOf({ method: 'GET', path: `${path}?${queryOf(page)}`, key: shop.key }),
    )
    let last = ''
    const once = async (caller: number): Promise<void> => {
      const answer = await shop.connections[caller]?.send(requests[random(PAGES)] as string)
      if (answer?.status !== 200) throw new Error(`${answer?.status}: ${answer?.body}`)
      if (caller === 0) last = `${answer.body}`
    }
    await warmUp(once, { callers, seconds })
    const cluster = await place.cluster()
    const round = await underLoad(once, { callers, seconds, cluster, servers: shop.pids })
    return { ...round, faults: faultsOf(last), facts: { bytes: last.length } }
  })
}

const runner = (name: string, title: string, path: string): Runner => ({
  name,
  title,
  stated: `a server process, keep-alive, ${ASKED} SKUs a request, at most ${AGE_MS} ms old`,
  run: (place, seconds) => read(place, path, seconds),
})

export const httpAvailability: Scenario = {
  name: 'http_availability',
  title: `HTTP availability of ${ASKED} SKUs`,
  callers: CALLERS,
  unit: 'requests',
  runners: [
    runner('holdfast', 'Holdfast: GET /v1/availability', '/v1/availability'),
    runner('noop', 'the same server, a no-op that sends the same bytes', '/v1/noop/availability'),
  ],
}
