import { type Api, everyRow, type Place } from './api.ts'

const COUNTERS = [
  'on_hand',
  'held',
  'committed',
  'damaged',
  'quality_control',
  'set_aside',
] as const
type Counter = (typeof COUNTERS)[number]

type Level = Record<Counter, number> & { version: number; available: number }
type Movement = { version: number | null; changes: Partial<Record<Counter, number | null>> }
type Reservation = { lines: { sku: string; held: number; committed: number }[] }

export type Books = { findings: number; levels: number; movements: number }

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)

/**
 * Recomputes one SKU of an installation from outside: its level from its ledger and from its
 * reservations, and the chain of its versions. Counts what does not agree.
 */
export const booksOf = async (api: Api, place: Place): Promise<Books> => {
  const { sku } = place
  const levels = await everyRow<Level>(api, '/v1/levels', { ...place })
  const movements = await everyRow<Movement>(api, '/v1/transactions', { ...place })
  const open = await everyRow<Reservation>(api, '/v1/reservations', { sku })
  const [level] = levels
  if (!level) return { findings: 1, levels: 0, movements: movements.length }
  const lines = open.flatMap(reservation => reservation.lines.filter(line => line.sku === sku))
  const versions = movements.map(({ version }) => version ?? 0).sort((a, b) => a - b)
  const faults = [
    ...COUNTERS.map(
      counter => sum(movements.map(({ changes }) => changes[counter] ?? 0)) !== level[counter],
    ),
    sum(lines.map(({ held }) => held)) !== level.held,
    sum(lines.map(({ committed }) => committed)) !== level.committed,
    level.held + level.committed > level.on_hand,
    versions.some((version, at) => version !== at + 1),
    versions.length !== level.version,
  ]
  return { findings: faults.filter(Boolean).length, levels: 1, movements: movements.length }
}
