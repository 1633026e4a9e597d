import type { Holdfast } from '../../src/index.ts'
import { cartOf, codeOf, openOurs } from '../ours.ts'
import type { Place } from '../place.ts'
import type { Round, Runner, Scenario } from '../scenario.ts'
import { random } from '../selling.ts'
import type { Line } from '../shop.ts'
import { soundRound } from '../soundRound.ts'
import { PLENTY } from './stock.ts'

const CALLERS = 1_024
const UNITS = 2 // of each cart, so that it can leave in two parts

type Grant = { ok: boolean; refusal?: { code: string; message: string } }

const granted = <Answer extends Grant>(answer: Answer): Answer & { ok: true } => {
  if (!answer.ok) throw new Error(`${answer.refusal?.code}: ${answer.refusal?.message}`)
  return answer as Answer & { ok: true }
}

const hold = async (holdfast: Holdfast, line: Line): Promise<string> => {
  const answer = granted(await holdfast.reserve({ lines: cartOf([line]) }))
  return (answer as unknown as { reservation_id: string }).reservation_id
}

/** Hold, commit, fulfill in two parts. */
const live = async (holdfast: Holdfast, line: Line): Promise<void> => {
  const reservation_id = await hold(holdfast, line)
  granted(await holdfast.commit({ reservation_id, order_reference: reservation_id }))
  const lines = [{ sku: codeOf(line.sku), quantity: UNITS / 2 }]
  granted(await holdfast.fulfill({ reservation_id, lines }))
  granted(await holdfast.fulfill({ reservation_id, lines }))
}

type Way = {
  name: string
  title: string
  each: (holdfast: Holdfast, line: Line) => Promise<unknown>
  /** Units of one call that are still held, or that have left, when it is over. */
  held: number
  left: number
}

const ways: Way[] = [
  {
    name: 'holdfast',
    title: 'hold, commit, fulfill in two parts',
    each: live,
    held: 0,
    left: UNITS,
  },
  { name: 'hold_alone', title: 'hold alone', each: hold, held: UNITS, left: 0 },
]

const runWay = async (
  place: Place,
  options: { way: Way; skus: number; seconds: number },
): Promise<Round> => {
  const { way, skus, seconds } = options
  const { holdfast, database, close } = await openOurs(place, { skus, units: PLENTY })
  let calls = 0
  const once = () => {
    calls++
    return way.each(holdfast, { sku: random(skus), quantity: UNITS })
  }
  try {
    return await soundRound(place, {
      ...{ once, callers: CALLERS, seconds, database },
      expected: books => ({
        reservations: [books.reservations, calls],
        'units held': [books.held, calls * way.held],
        'units committed': [books.committed, 0],
        'units on hand': [books.on_hand, skus * PLENTY - calls * way.left],
      }),
    })
  } finally {
    await close()
  }
}

const lifeOf = (name: string, title: string, skus: number): Scenario => ({
  name,
  title,
  callers: CALLERS,
  unit: 'lives',
  runners: ways.map(
    (way): Runner => ({
      name: way.name,
      title: `Holdfast: ${way.title}`,
      stated: 'library in one process, its pool of 10 connections',
      run: (place, seconds) => runWay(place, { way, skus, seconds }),
    }),
  ),
})

export const life = lifeOf('life', 'whole life, hot SKU', 1)
export const lifeSpread = lifeOf('life_spread', 'whole life, 10,000 SKUs', 10_000)
