import type { Random } from '../random.ts'
import type { Answered, Play } from '../rooms.ts'
import { ownVersion } from './stock.ts'

const CODES = ['S1', 'S2', 'S3', 'S4']
const DAY_MS = 86_400_000

/** A day that is ahead whatever the clock of the database does in a run. */
const someDay = (random: Random): string =>
  new Date(Date.UTC(2030, 0, 1) + random.below(60) * DAY_MS).toISOString().slice(0, 10)

const code = (random: Random): { code: string } => ({ code: random.pick(CODES) })

/** What is expected moves no stock. */
const still = (_call: object, _answer: Answered, moved: object[]): string | undefined =>
  moved.length === 0 ? undefined : `it wrote ${moved.length} movements`

const change = (verb: 'book' | 'update' | 'cancel', weight: number, request: Play['request']) =>
  ({ verb: `supply.${verb}`, weight, writes: true, patient: true, request, wrong: still }) as const

const receive: Play = {
  verb: 'supply.receive',
  weight: 5,
  writes: true,
  patient: true,
  request: (_shop, random) => ({
    ...code(random),
    ...(random.chance(0.6) ? { quantity: random.between(1, 3) } : {}),
    ...(random.chance(0.3) ? { over: true } : {}),
  }),
  wrong: (call, answer, moved, books) => {
    const [movement] = moved
    if (!movement || moved.length > 1) return `${moved.length} movements of a receipt`
    const units = call.request['quantity'] ?? movement.changes.on_hand
    if (movement.changes.on_hand !== units) return `received ${movement.changes.on_hand}`
    const [line] = answer.lines ?? []
    const own = line && ownVersion(line, String(movement.level), books)
    return own === movement.version ? undefined : `version ${own}, not ${movement.version}`
  },
}

export const supply: Play[] = [
  change('book', 5, (shop, random) => ({
    ...code(random),
    ...{ sku: random.pick(shop.skus), location: random.pick(shop.locations) },
    ...{ quantity: random.between(1, 6), expected_on: someDay(random) },
  })),
  change('update', 4, (_shop, random) => ({
    ...code(random),
    ...(random.chance(0.6) ? { expected_on: someDay(random) } : {}),
    ...(random.chance(0.4) ? { quantity: random.below(6) } : {}),
  })),
  change('cancel', 1, (_shop, random) => code(random)),
  receive,
]
