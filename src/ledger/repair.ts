import { type Context, writeFor } from '../database/context.ts'
import { type Finding, verifyOf } from './verify.ts'

/** Which side is believed, in words: the ledger, the counters or the allocations. */
export const reasons = {
  ledger: 'The ledger is append-only and its chain here is whole; nothing else keeps this figure.',
  ledger_and_counters:
    'The ledger and the counters of the level say the same; only this row differs.',
  ledger_and_allocations:
    'The ledger and the reservations say the same; only the counter of the level differs.',
  counters_and_allocations:
    'The counters and the reservations say the same; only the ledger has no movement for it.',
  balances_around:
    'The balances before and after the gap, and the reservations, say what is missing.',
  one_form: 'A reservation keeps its allocations in one place; none of them is lost.',
  buffers_by_moves: 'The moves say what is kept for each channel; the buffers follow them.',
  queue_by_allocations: 'The reservations say who waits for how much; the queue follows them.',
} as const satisfies Record<string, string>

/** Why the books of a level stay as they are, and what a person does next. */
export const nextSteps = {
  level_gone:
    'The level was deleted, and nothing else names its SKU: restore its row from a backup.',
  ledger_altered:
    'Rows of the ledger were changed, copied or written by hand, so it is no witness here: ' +
    'restore them from a backup, then run the repair again.',
  no_two_agree:
    'Ledger, counters and reservations say three things: compare with a backup, or count the ' +
    'shelf and release what no buyer has.',
  gap_unexplained:
    'Movements are missing, and the reservations do not tell which: restore them from a backup.',
} as const satisfies Record<string, string>

export type CorrectionChange = {
  what: string
  from: string | number | null
  to: string | number | null
}

/** One proposed correction: what, from, to, and why this side is believed. */
export type Correction = {
  /** The same for the same correction, however the counters go on meanwhile. */
  key: string
  code: 'missing' | 'form' | 'allocation' | 'counters' | 'queue'
  because: keyof typeof reasons
  sku: string | null
  location: string | null
  level_id: number | null
  reservation_id: string | null
  line: number | null
  part: number | null
  changes: CorrectionChange[]
}

/** A finding that stays, with what a person does next. */
export type Unrepaired = Finding & { next_step: string }

export type Repair = {
  /** Written; or with dry_run: what would be. */
  corrections: Correction[]
  left: Unrepaired[]
  /** Proposed corrections that were not written, since nobody has agreed to them. */
  not_agreed: Correction[]
}

export type RepairRequest = {
  /** Look only: nothing is written. */
  dry_run?: boolean | undefined
  /** Write these and no others: the corrections of a dry run that somebody has agreed to. */
  agreed?: Correction[] | undefined
  /** Stands with every correction in the ledger. */
  document?: string | undefined
  onProgress?: ((progress: { done: number; of: number }) => void) | undefined
}

type RepairedLevel = {
  corrections: Omit<Correction, 'sku' | 'location'>[]
  left: Omit<Finding, 'explanation' | 'remedy'>[]
  why_left: keyof typeof nextSteps | null
  written: boolean
}

/** Movements that come back may bring to light what their absence hid. */
const ROUNDS_MAX = 5

type Place = { level_id: number | null; findings: Finding[] }

/** What has no level but a reservation is of an untracked SKU; names are nobody's stock. */
const placesOf = (findings: Finding[]): Place[] => {
  const places = new Map<number | null, Finding[]>()
  for (const finding of findings) {
    if (finding.level_id === null && finding.reservation_id === null) continue
    places.set(finding.level_id, [...(places.get(finding.level_id) ?? []), finding])
  }
  return [...places]
    .map(([level_id, found]) => ({ level_id, findings: found }))
    .sort((a, b) => (a.level_id ?? 0) - (b.level_id ?? 0))
}

const named = (
  found: Omit<Correction, 'sku' | 'location'>[],
  { findings: [first] }: Place,
): Correction[] =>
  found.map(correction => ({
    ...correction,
    sku: first?.sku ?? null,
    location: first?.location ?? null,
  }))

const repairPlace = async (
  context: Context,
  place: Place,
  { dry_run, agreed, document }: RepairRequest,
): Promise<RepairedLevel> => {
  const ids = place.findings.flatMap(({ reservation_id: id }) => (id === null ? [] : [id]))
  const answer = await writeFor<RepairedLevel>(context, 'repair_level', {
    level_id: place.level_id,
    reservation_ids: [...new Set(ids)],
    dry_run,
    agreed: agreed?.map(({ key }) => key),
    document,
  })
  if (!answer.ok) throw new Error(`a repair is never refused: ${answer.refusal.code}`)
  return answer
}

const nameOf = ({ code, what }: { code: string; what: string }): string => `${code} ${what}`

/** What one look at every place with a finding came to. */
class Round {
  readonly written: Correction[] = []
  readonly proposed: Correction[] = []
  readonly #whys = new Map<number | null, keyof typeof nextSteps>()
  readonly #left = new Map<number | null, Set<string>>()

  add(place: Place, found: RepairedLevel): void {
    const list = found.written ? this.written : this.proposed
    list.push(...named(found.corrections, place))
    if (found.why_left) this.#whys.set(place.level_id, found.why_left)
    this.#left.set(place.level_id, new Set(found.left.map(nameOf)))
  }

  /** True when no correction of this round makes a finding go away. */
  stays(finding: Finding): boolean {
    const { level_id, reservation_id } = finding
    if (reservation_id && this.proposed.some(each => each.reservation_id === reservation_id)) {
      return false
    }
    return (
      this.#whys.has(level_id) ||
      !this.proposed.some(each => each.level_id === level_id) ||
      this.#left.get(level_id)?.has(nameOf(finding)) === true
    )
  }

  withStep(finding: Finding): Unrepaired {
    const why = this.#whys.get(finding.level_id)
    return { ...finding, next_step: why ? nextSteps[why] : finding.remedy }
  }
}

/**
 * Corrects the books of a tenant where two of ledger, counters and reservations agree against the
 * third. Level by level, each in a transaction of its own under the locks of every verb: sales go
 * on, a kill leaves whole corrections only, and a second run goes on where the first one ended.
 *
 * @example
 * const proposed = await holdfast.repair({ dry_run: true })
 * const { corrections, left } = await holdfast.repair({ agreed: proposed.corrections })
 */
export const repairOf =
  (context: Context) =>
  async (request: RepairRequest = {}): Promise<Repair> => {
    const corrections: Correction[] = []
    for (let rounds = 1; ; rounds++) {
      const { findings } = await verifyOf(context)()
      const places = placesOf(findings)
      const round = new Round()
      for (const [at, place] of places.entries()) {
        round.add(place, await repairPlace(context, place, request))
        request.onProgress?.({ done: at + 1, of: places.length })
      }
      if (request.dry_run) {
        const stays = findings.filter(finding => round.stays(finding))
        const left = stays.map(finding => round.withStep(finding))
        return { corrections: round.proposed, left, not_agreed: [] }
      }
      corrections.push(...round.written)
      if (round.written.length === 0 || rounds === ROUNDS_MAX) {
        const left = findings.map(finding => round.withStep(finding))
        return { corrections, left, not_agreed: round.proposed }
      }
    }
  }
