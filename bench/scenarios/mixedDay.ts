import { clock } from '../../src/clock.ts'
import type { Holdfast } from '../../src/index.ts'
import { Latencies } from '../latencies.ts'
import { hundredths } from '../load.ts'
import { cartOf, codeOf, openOurs } from '../ours.ts'
import type { Scenario } from '../scenario.ts'
import { soundRound } from '../soundRound.ts'
import { zipf } from '../zipf.ts'
import { PLENTY } from './stock.ts'

const CALLERS = 256
const SKUS = 10_000
const PAGE = 10 // SKUs of an availability read
const READS = 0.7
const HOLDS = 0.2

type Kind = 'read' | 'hold' | 'life'

/** What a shop's day is made of; the rest of a cart's life is its commit, shipment or release. */
const dayOf = (holdfast: Holdfast) => {
  const pick = zipf(SKUS)
  const held: { reservation_id: string; committed: boolean }[] = []
  const counts = { holds: 0, units: 0, shipped: 0, released: 0 }
  const hold = async (): Promise<void> => {
    const answer = await holdfast.reserve({ lines: cartOf([{ sku: pick(), quantity: 1 }]) })
    if (!answer.ok) throw new Error(answer.refusal.message)
    counts.holds++
    held.push({ reservation_id: answer.reservation_id, committed: false })
  }
  const goOn = async (): Promise<void> => {
    const cart = held.shift()
    if (!cart) return hold()
    const { reservation_id } = cart
    const answer = await (cart.committed
      ? holdfast.fulfill({ reservation_id })
      : clock.random() < 0.5
        ? holdfast.commit({ reservation_id, order_reference: reservation_id })
        : holdfast.release({ reservation_id }))
    if (!answer.ok) throw new Error(answer.refusal.message)
    if (cart.committed) counts.shipped++
    else if (answer.state === 'committed') held.push({ reservation_id, committed: true })
    else counts.released++
  }
  const read = async (): Promise<void> => {
    const skus = [...new Set(Array.from({ length: PAGE }, () => codeOf(pick())))]
    const answer = await holdfast.availability({ skus })
    if (!answer.ok) throw new Error(answer.refusal.message)
  }
  return { ways: { read, hold, life: goOn } satisfies Record<Kind, () => Promise<void>>, counts }
}

const kindOf = (chance: number): Kind =>
  chance < READS ? 'read' : chance < READS + HOLDS ? 'hold' : 'life'

export const mixedDay: Scenario = {
  name: 'mixed_day',
  title: 'mixed day: 70 % availability, 20 % holds, 10 % life cycle, zipf',
  callers: CALLERS,
  unit: 'calls',
  once: true,
  runners: [
    {
      name: 'holdfast',
      title: 'Holdfast',
      stated: 'library in one process, its pool of 10 connections',
      run: async (place, seconds) => {
        const { holdfast, database, close } = await openOurs(place, { skus: SKUS, units: PLENTY })
        const { ways, counts } = dayOf(holdfast)
        const times = { read: new Latencies(), hold: new Latencies(), life: new Latencies() }
        const once = async (): Promise<void> => {
          const kind = kindOf(clock.random())
          const from = clock.monotonicMs()
          await ways[kind]()
          times[kind].add(clock.monotonicMs() - from)
        }
        try {
          const round = await soundRound(place, {
            ...{ once, callers: CALLERS, seconds, database },
            expected: ({ reservations, held, committed }) => ({
              reservations: [reservations, counts.holds],
              'units promised': [held + committed, counts.holds - counts.shipped - counts.released],
            }),
          })
          const facts = Object.fromEntries(
            Object.entries(times).map(([kind, each]) => [
              `${kind}_p99_ms`,
              hundredths(each.at(0.99)),
            ]),
          )
          return { ...round, facts }
        } finally {
          await close()
        }
      },
    },
  ],
}
