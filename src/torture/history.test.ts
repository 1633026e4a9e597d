import { expect, test } from 'vitest'
import { type Recorded, violationsOf } from './history.ts'

const opening = { units: 2, version: 1 }

/** Two units: A and B hold them, C is refused, A releases, C asks again and holds. */
const history = (): Recorded[] => {
  const call = (
    verb: Recorded['verb'],
    buyer: string,
    outcome: string,
    version: number,
    called_ms: number,
  ): Recorded => ({
    ...{ verb, buyer, outcome, version, called_ms, key: `${verb} of ${buyer}`, sku: 'TEE' },
    ...{ answered_ms: called_ms + 5, reservation_id: null },
  })
  return [
    call('reserve', 'A', 'granted', 2, 0),
    call('reserve', 'B', 'granted', 3, 2),
    call('reserve', 'C', 'insufficient_stock', 3, 10),
    call('commit', 'B', 'granted', 4, 20),
    call('release', 'A', 'granted', 5, 30),
    call('reserve', 'C', 'granted', 6, 40),
  ]
}

test('a history that can be is found to be fine, in whatever order it is told', () => {
  expect(violationsOf(history(), opening)).toEqual([])
  expect(violationsOf(history().reverse(), opening)).toEqual([])
})

const broken: [string, (calls: Recorded[]) => void, RegExp][] = [
  ['a unit that was sold twice', calls => calls.splice(4, 1), /where 5 comes next/],
  ['more sold than there was', calls => void calls.splice(2, 4, sold(calls)), /of none/],
  ['an effect that nobody was told of', calls => calls.splice(0, 1), /version 3 where 2/],
  ['one version for two', calls => void Object.assign(calls[1] ?? {}, { version: 2 }), /where 3/],
  [
    'refused while one was free',
    calls => void Object.assign(calls[2] ?? {}, { version: 2 }),
    /free/,
  ],
  ['refused at a version of nowhere', calls => at(calls, 2, { version: 99 }), /unknown/],
  ['an answer from the past', calls => at(calls, 2, { called_ms: 35 }), /answered before/],
  ['a hold before it was asked for', calls => at(calls, 0, { called_ms: 50 }), /answered before/],
]

const at = (calls: Recorded[], index: number, change: Partial<Recorded>): void => {
  Object.assign(calls[index] as Recorded, change)
}

const sold = (calls: Recorded[]): Recorded => ({ ...(calls[1] as Recorded), version: 4 })

test.each(broken)('%s is found', (_name, change, words) => {
  const calls = history()
  change(calls)
  expect(violationsOf(calls, opening).join('\n')).toMatch(words)
})
