import { clock } from '../clock.ts'
import type { Context } from '../database/context.ts'
import { readFor } from '../database/context.ts'
import { findings as explained, type FindingCode } from './findings.ts'

const LEVELS_PER_SLICE = 500
const RESERVATIONS_PER_SLICE = 2_000
const NAMES_PER_SLICE = 10_000
/** Findings that are named; the others are only counted. */
export const FINDINGS_MAX = 1_000

/** A fault in the books: what is wrong where, what it means, and what to do. */
export type Finding = {
  code: FindingCode
  /** What of the thing is wrong: a counter, a version, a line. */
  what: string
  sku: string | null
  location: string | null
  level_id: number | null
  reservation_id: string | null
  expected: string | null
  found: string | null
  explanation: string
  remedy: string
}

export type VerifyProgress = {
  stage: 'levels' | 'reservations' | 'names'
  levels: number
  movements: number
  reservations: number
  findings: number
  seconds: number
}

export type Verification = {
  /** At most 1,000; finding_count has them all. */
  findings: Finding[]
  finding_count: number
  levels: number
  movements: number
  reservations: number
  seconds: number
}

export type VerifyRequest = {
  /** Called after each slice. */
  onProgress?: ((progress: VerifyProgress) => void) | undefined
  levels_per_slice?: number | undefined
  reservations_per_slice?: number | undefined
  names_per_slice?: number | undefined
}

type Found = { findings: Omit<Finding, 'explanation' | 'remedy'>[]; count: number }
type LevelSlice = Found & {
  levels: number
  movements: number
  last_level_id: number
  done: boolean
}
type ReservationSlice = Found & {
  reservations: number
  last_reservation_id: string
  done: boolean
}
type NameSlice = Found & { movements: number; last_name: string; done: boolean }

/** Adds up what the slices found. */
class Report {
  readonly findings: Finding[] = []
  finding_count = 0
  levels = 0
  movements = 0
  reservations = 0
  readonly #began_ms = clock.monotonicMs()
  readonly #onProgress: VerifyRequest['onProgress']

  constructor(onProgress: VerifyRequest['onProgress']) {
    this.#onProgress = onProgress
  }

  seconds(): number {
    return Math.round(clock.monotonicMs() - this.#began_ms) / 1000
  }

  add(stage: VerifyProgress['stage'], found: Found): void {
    this.finding_count += found.count
    for (const finding of found.findings.slice(0, FINDINGS_MAX - this.findings.length)) {
      this.findings.push({ ...finding, ...explained[finding.code] })
    }
    const { levels, movements, reservations, finding_count } = this
    const seconds = this.seconds()
    const counts = { levels, movements, reservations, findings: finding_count, seconds }
    this.#onProgress?.({ stage, ...counts })
  }
}

/**
 * Proves the books of a tenant: recomputes every level from the ledger and from the allocations,
 * and checks every invariant. Reads in slices, each of one snapshot, while sales go on.
 *
 * @example
 * const { findings, levels, movements } = await verifyOf(context)({ onProgress: console.log })
 */
export const verifyOf =
  (context: Context) =>
  async (request: VerifyRequest = {}): Promise<Verification> => {
    const report = new Report(request.onProgress)
    await readFor(context, 'refresh_statistics')
    const level_limit = request.levels_per_slice ?? LEVELS_PER_SLICE
    for (let done = false, after_level_id = 0; !done; ) {
      const slice = await readFor<LevelSlice>(context, 'verify_levels', {
        after_level_id,
        limit: level_limit,
      })
      report.levels += slice.levels
      report.movements += slice.movements
      report.add('levels', slice)
      ;({ done, last_level_id: after_level_id } = slice)
    }
    const limit = request.reservations_per_slice ?? RESERVATIONS_PER_SLICE
    let after_reservation_id: string | undefined
    for (let done = false; !done; ) {
      const slice = await readFor<ReservationSlice>(context, 'verify_reservations', {
        after_reservation_id,
        limit,
      })
      report.reservations += slice.reservations
      report.add('reservations', slice)
      ;({ done, last_reservation_id: after_reservation_id } = slice)
    }
    for (let done = false, after_name: string | undefined; !done; ) {
      const slice = await readFor<NameSlice>(context, 'verify_names', {
        after_name,
        limit: request.names_per_slice ?? NAMES_PER_SLICE,
      })
      report.movements += slice.movements
      report.add('names', slice)
      ;({ done, last_name: after_name } = slice)
    }
    const { findings, finding_count, levels, movements, reservations } = report
    return { findings, finding_count, levels, movements, reservations, seconds: report.seconds() }
  }
