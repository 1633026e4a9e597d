import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServer } from '../../src/server/server.ts'
import { freshDatabase } from '../database.ts'
import { type Described, type Document, operationsOf } from '../document.ts'
import { asOwner } from '../shop.ts'
import { booksOf } from './books.ts'
import { judgeOf } from './judge.ts'
import { brokenRequests, fittingRequests, oddRequests, type Request } from './request.ts'
import { namesOf, openOperator, openShop, type Shop } from './shop.ts'
import { urlOf } from './text.ts'
import { openWire } from './wire.ts'

// Every operation of our own OpenAPI document, with values that fit, values that break one rule, and
// odd values in every place. HOLDFAST_FUZZ_SEED, _CASES (an operation) and _OPERATION choose.

const CASES = Number(process.env['HOLDFAST_FUZZ_CASES'] ?? 150)
const SEED = Number(process.env['HOLDFAST_FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const ONLY = process.env['HOLDFAST_FUZZ_OPERATION']

const replay = (operation: string): string =>
  `HOLDFAST_FUZZ_SEED=${SEED} HOLDFAST_FUZZ_CASES=${CASES} HOLDFAST_FUZZ_OPERATION=${operation} ` +
  'npx vitest run test/fuzz/fuzz.test.ts'

/** A day takes a thousand days, so that no hold ends in the middle of a run. */
const SLOW_CLOCK = `create or replace function holdfast.clock() returns timestamptz
  language sql volatile as $$ select f.from_at + (clock_timestamp() - f.from_at) / 1000
    from holdfast.fuzz_clock f $$`
const CLOCK_FROM = `create table holdfast.fuzz_clock as select clock_timestamp() as from_at;
  grant select on holdfast.fuzz_clock to holdfast_app`

const { holdfast, ownerUrl } = await freshDatabase()
const app = await createServer({ holdfast })
const base = await app.listen({ host: '127.0.0.1', port: 0 })
const document = (await (await fetch(`${base}/openapi.json`)).json()) as Document
const operations = operationsOf(document).filter(
  ({ operationId }) => ONLY === undefined || operationId === ONLY,
)
const judge = judgeOf(document)
const wire = openWire(base)
const database = new pg.Client(ownerUrl)
const shops = new Map<string, Shop>()

/** Some fifty shops are furnished, on a machine that may be busy with other things. */
const SETUP_MS = 600_000

const ofOperator = ({ tags }: Described): boolean => tags[0] === 'Keys' || tags[0] === 'Tenants'

beforeAll(async () => {
  console.info(`seed ${SEED}, ${CASES} cases an operation; again: ${replay('<operation>')}`)
  await database.connect()
  await asOwner(ownerUrl, `${CLOCK_FROM}; ${SLOW_CLOCK}`)
  const opening = operations.map(async (operation, n) => {
    if (!ofOperator(operation)) shops.set(operation.operationId, await openShop(holdfast, n))
  })
  await Promise.all(opening)
  const operator = await openOperator(holdfast)
  for (const each of operations.filter(ofOperator)) shops.set(each.operationId, operator)
}, SETUP_MS)

afterAll(async () => {
  wire.close()
  await database.end()
  await app.close()
})

const LETTERS_SHOWN = 600

const shown = (request: Request, what: string): string =>
  [
    `${request.name}: ${what}`,
    `  ${request.operation.method} ${urlOf(request).slice(0, LETTERS_SHOWN)}`,
    `  ${JSON.stringify(request.header).slice(0, LETTERS_SHOWN)}`,
    `  ${request.raw?.slice(0, LETTERS_SHOWN)}`,
  ].join('\n')

const sample = (operation: Described): Request[] => {
  const names = namesOf(operation, operations.indexOf(operation))
  const numRuns = Math.ceil(CASES / 3)
  const hasPlaces = operation.requestBody || (operation.parameters ?? []).length > 0
  const kinds = hasPlaces ? [fittingRequests, brokenRequests, oddRequests] : [fittingRequests]
  return kinds.flatMap(kind => fc.sample(kind(operation, names), { seed: SEED, numRuns }))
}

const tell = async (request: Request, key: string) => {
  const heard = await wire.tell(request, key)
  const wrong = judge
    .faultsOf(request, heard)
    .map(fault =>
      shown(request, `${fault}\n  ${heard.status} ${JSON.stringify(heard.body).slice(0, 600)}`),
    )
  return { heard, wrong }
}

/** What must be refused, all of it at once; if the books have changed, one by one. */
const tellUnfit = async (unfit: Request[], shop: Shop, books: () => Promise<string>) => {
  const before = await books()
  const wrong = (await Promise.all(unfit.map(each => tell(each, shop.key)))).flatMap(
    told => told.wrong,
  )
  if ((await books()) === before) return wrong
  for (const request of unfit) {
    const last = await books()
    await tell(request, shop.key)
    if ((await books()) !== last)
      wrong.push(shown(request, 'it was refused, and changed the books'))
  }
  return wrong.length > 0 ? wrong : ['the refused together changed the books']
}

/** What may be granted, one by one: a refusal or a read must leave the books as they were. */
const tellFitting = async (fits: Request[], shop: Shop, books: () => Promise<string>) => {
  const wrong: string[] = []
  let before = await books()
  for (const request of fits) {
    const told = await tell(request, shop.key)
    wrong.push(...told.wrong)
    const after = await books()
    const writes = told.heard.status < 400 && request.operation.method !== 'GET'
    if (after !== before && !writes) wrong.push(shown(request, 'nothing was to change, and did'))
    before = after
  }
  return wrong
}

const fuzz = async (operation: Described): Promise<string[]> => {
  const shop = shops.get(operation.operationId) as Shop
  const books = () => booksOf(database, shop.holdfast.tenant_id, shop.operator)
  const requests = sample(operation)
  const allowed = (request: Request) => judge.verdictOf(request) === 'fits'
  const wrong = await tellUnfit(
    requests.filter(each => !allowed(each)),
    shop,
    books,
  )
  return [...wrong, ...(await tellFitting(requests.filter(allowed), shop, books))]
}

/** The operator's share one shop and come one after the other. */
const apart = operations.filter(each => !ofOperator(each))
const together = operations.filter(ofOperator)

test.concurrent.each(apart)(
  '$operationId answers as its document says',
  async operation => {
    const wrong = await fuzz(operation)
    expect(wrong, replay(operation.operationId)).toEqual([])
  },
  600_000,
)

test.each(together)(
  '$operationId answers as its document says',
  async operation => {
    const wrong = await fuzz(operation)
    expect(wrong, replay(operation.operationId)).toEqual([])
  },
  600_000,
)
