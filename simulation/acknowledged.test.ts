import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../test/database.ts'
import { shiftClock, stock } from '../test/shop.ts'
import { acknowledgedFaults } from './acknowledged.ts'
import { type Books, readBooks } from './books.ts'
import { type Answered, type Asked, type Call, Calls } from './calls.ts'

const { holdfast, ownerUrl, url } = await freshDatabase()
const calls = new Calls()
let books: Books

const call = async (verb: string, request: Asked, key?: string) => {
  const answer = await calls.make(holdfast, {
    client: 'one',
    verb,
    request,
    ...(key === undefined ? {} : { key }),
  })
  if (!answer) throw new Error(`${verb} was not answered`)
  return answer
}
const idOf = (answer: Answered) => (answer.ok ? answer.reservation_id : undefined) as string

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 10 }, PDF: null })
  await holdfast.skus.alias({ sku: 'TEE', alias: 'TEE-6', factor: 6 })
  const tee = { sku: 'TEE', location: 'berlin' }
  const cart = { lines: [{ ...tee, quantity: 2 }] }
  const first = await call('reserve', cart, 'k-1')
  await call('reserve', cart, 'k-1')
  await call('reserve', {
    lines: [
      { sku: 'TEE-6', quantity: 1 },
      { sku: 'PDF', quantity: 1 },
    ],
  })
  await call('reserve', { lines: [{ ...tee, quantity: 9 }] })
  await call('receive', { lines: [{ ...tee, quantity: 5 }] })
  await shiftClock(url, '2 hours')
  await call('commit', { reservation_id: idOf(first), order_reference: 'o-1' })
  await call('fulfill', { reservation_id: idOf(first) })
  await call('return', { reservation_id: idOf(first), lines: [{ ...tee, quantity: 1 }] })
  books = await readBooks(ownerUrl, holdfast.tenant_id)
})

test('what clients were told stands in the books', () => {
  expect(calls.made).toHaveLength(8)
  expect(acknowledgedFaults(calls.made, books)).toEqual([])
})

/** The codes found when one call's answer was another. */
const found = (at: number, change: (call: Call) => void): string[] => {
  const made = structuredClone(calls.made)
  change(made[at] as Call)
  return [...new Set(acknowledgedFaults(made, books).map(({ code }) => code))]
}
const line = (call: Call) => (call.answer as { lines: Record<string, unknown>[] }).lines[0] ?? {}

test('a grant that the books do not have is found', () => {
  const lost = '00000000-0000-7000-8000-000000000000'
  const changed = found(2, ({ answer }) => Object.assign(answer ?? {}, { reservation_id: lost }))
  expect(changed).toEqual(['grant_lost', 'effect_twice']) // and one that nobody was told of
  expect(found(4, of => Object.assign(line(of), { on_hand: 16 }))).toEqual(['grant_differs'])
  expect(found(6, of => Object.assign(line(of), { fulfilled: 1 }))).toEqual(['grant_differs'])
  expect(found(7, of => Object.assign(line(of), { version: 99 }))).toEqual(['grant_lost'])
})

test('a torn cart, a second effect, a false refusal and a silent commit are found', () => {
  expect(found(2, ({ request }) => request.lines?.push({ sku: 'TEE', quantity: 1 }))).toEqual([
    'cart_torn',
  ])
  expect(found(1, ({ answer }) => delete (answer as { replayed?: true }).replayed)).toEqual([
    'effect_twice',
  ])
  const refused = ({ answer }: Call) => (answer as { refusal: { lines: object[] } }).refusal.lines
  expect(found(3, of => Object.assign(refused(of)[0] ?? {}, { asked: 2 }))).toEqual([
    'false_refusal',
  ])
  expect(found(5, ({ answer }) => delete (answer as { reacquired?: true }).reacquired)).toEqual([
    'reacquired_in_silence',
  ])
})

test('a reservation may be untold only where a call was not answered', () => {
  const unanswered = (of: Call) => {
    delete of.answer
    delete of.ended_ms
  }
  expect(found(2, unanswered)).toEqual([])
  const without = calls.made.filter((_, at) => at !== 2)
  expect(acknowledgedFaults(without, books).map(({ code }) => code)).toEqual(['effect_twice'])
})
