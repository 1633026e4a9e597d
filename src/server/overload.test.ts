import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { clock as realClock } from '../clock.ts'
import { Overload } from './overload.ts'

/** A door with a clock that stands still until it is told; requests come and are answered. */
const door = (limits: { pending_max: number; deadline_ms: number }) => {
  const at = { ms: 0 }
  const overload = new Overload({ ...limits, clock: { ...realClock, monotonicMs: () => at.ms } })
  const open: EventEmitter[] = []
  const come = (complete = true) => {
    if (overload.isFull()) return undefined
    const request = Object.assign(new EventEmitter(), { complete })
    const response = new EventEmitter()
    overload.enter(request as unknown as IncomingMessage, response as unknown as ServerResponse)
    open.push(response)
    return request
  }
  const answer = (count: number) => {
    for (const response of open.splice(0, count)) response.emit('close')
  }
  const fill = (most: number) => {
    let count = 0
    while (count < most && come()) count++
    return count
  }
  /** A tenth of a second in which so many come and so many are answered. */
  const tenth = (coming: number, answered: number) => {
    for (let part = 0; part < 10; part++) {
      fill(coming / 10)
      at.ms += 10
      answer(answered / 10)
    }
  }
  return { overload, at, come, fill, answer, tenth }
}

test('while nothing is known of its speed a process lets in as many as may be pending', () => {
  const { fill, overload } = door({ pending_max: 500, deadline_ms: 20_000 })
  expect(fill(10_000)).toBe(500)
  expect(overload.count).toBe(500)
})

/** So many are let in however slowly they are answered. */
const ALWAYS = 256

test('a crowd is let in; a load that stays too high only as far as it is answered soon', () => {
  const { tenth, fill, answer, overload, at } = door({ pending_max: 2_000, deadline_ms: 20_000 })
  expect(fill(1_000)).toBe(1_000) // the first moment of a sale
  for (let n = 0; n < 30; n++) tenth(1_000, 100) // ten times of what is done: 1,000 a second
  expect(overload.count).toBeLessThanOrEqual(ALWAYS + 10)
  answer(ALWAYS + 10)
  at.ms += 600
  const let_in = fill(10_000) // it was over, and another crowd comes
  expect({ let_in, a_second: let_in > 950 && let_in <= 1_000 }).toMatchObject({ a_second: true })
})

test('nobody is let in whose turn would come after half of the deadline', () => {
  const { tenth, fill, answer } = door({ pending_max: 2_000, deadline_ms: 1_000 })
  for (let n = 0; n < 3; n++) tenth(400, 60)
  answer(2_000)
  const let_in = fill(10_000) // of 600 a second
  expect({ let_in, half_a_second: let_in > 280 && let_in <= 300 }).toMatchObject({
    half_a_second: true,
  })
})

test('a few who come one by one say nothing of what a process can', () => {
  const { tenth, fill } = door({ pending_max: 2_000, deadline_ms: 20_000 })
  for (let n = 0; n < 100; n++) tenth(30, 30)
  expect(fill(10_000)).toBe(2_000)
})

test('bodies that come byte by byte take nobody else’s place', () => {
  const { come, fill, overload, at } = door({ pending_max: 3, deadline_ms: 20_000 })
  const slow = [1, 2, 3].map(() => come(false))
  expect(come()).toBeUndefined()
  at.ms += 1_001
  expect(fill(10)).toBe(3)
  for (const request of slow) request?.emit('end')
  expect(overload.count).toBe(6) // they are work now, and counted
})
