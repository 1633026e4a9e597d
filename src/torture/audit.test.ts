import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, stock } from '../../test/shop.ts'
import { randomOf } from '../demo/random.ts'
import { type Serving, serve } from '../server/index.ts'
import { auditSale } from './audit.ts'
import { type Market, newCounts } from './call.ts'
import { type Asked, askAgain, type Sale, sell } from './sale.ts'

// The audit itself: a sale in order has no finding, and whatever is wrong with it is named.

const { holdfast, url, ownerUrl } = await freshDatabase()
const opening = { units: 10, version: 1 }
const random = randomOf(1)
const sale: Sale = {
  ...{ sku: 'TEE', location: 'berlin', buyers: 25, concurrency: 5, run: 'audit', random },
  ...{ commit_percent: 50, release_percent: 0 },
}
let server: Serving
let market: Market
let asked: Asked[]

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 10 } })
  const made = await holdfast.keys.create({ name: 'a', scopes: ['sell'], mode: 'live' })
  server = await serve({ connectionString: url, port: 0 })
  market = { urls: [server.url], key: granted(made).key as string, random, counts: newCounts() }
  asked = await sell(market, sale)
})
afterAll(() => server.close())

const audited = async (change: (calls: Asked[]) => void) => {
  const calls = structuredClone(asked)
  change(calls)
  return (await auditSale(holdfast, sale, calls, opening)).findings.join('\n')
}

const hold = (calls: Asked[], which: number): Asked =>
  calls.filter(({ verb, decision }) => verb === 'reserve' && decision?.status === 201)[
    which
  ] as Asked

test('a sale in order has no finding, and asked again everybody has the same', async () => {
  expect(await auditSale(holdfast, sale, asked, opening)).toMatchObject({
    ...{ granted: 10, refused: 15, released: 0, findings: [] },
  })
  expect(await askAgain(market, sale, asked)).toEqual([])
})

const wrong: [string, (calls: Asked[]) => void, RegExp][] = [
  ['a hold that is not there', calls => rename(hold(calls, 0), 'nobody'), /lost: the hold nobody/],
  ['a hold nobody was told of', calls => forget(calls, 0), /untold: buyer/],
  ["somebody else's hold", calls => swap(hold(calls, 0), hold(calls, 1)), /mixed up/],
  ['an order that is none', calls => rename(order(calls), 'none'), /lost: the order/],
  ['a call without a decision', calls => undecide(hold(calls, 3)), /no decision/],
  ['an answer of another kind', calls => odd(hold(calls, 0)), /odd answer: 400/],
]

const rename = ({ decision }: Asked, id: string) => {
  if (decision) decision.body.reservation_id = id
}
const forget = (calls: Asked[], which: number) => calls.splice(calls.indexOf(hold(calls, which)), 1)
const swap = (one: Asked, other: Asked) => {
  ;[one.decision, other.decision] = [other.decision, one.decision]
}
const order = (calls: Asked[]) => calls.find(({ verb }) => verb === 'commit') as Asked
const undecide = (one: Asked) => {
  one.decision = undefined
}
const odd = ({ decision }: Asked) => {
  if (decision) Object.assign(decision, { status: 400, body: {} })
}

test.each(wrong)('%s is found', async (_name, change, words) => {
  expect(await audited(change)).toMatch(words)
})

test('a counter that was changed by hand is found', async () => {
  await asOwner(ownerUrl, 'update holdfast.levels set on_hand = on_hand + 1')
  expect(await audited(() => {})).toMatch(/on_hand is 11, not 10[\s\S]*verify: /)
})
