import type { Context } from '../database/context.ts'
import { writeFor } from '../database/context.ts'

/** What one slice reads at the most: a level alone may have more movements. */
const MOVEMENTS_A_SLICE = 20_000
const LEVELS_A_SLICE = 200
const RESERVATIONS_A_SLICE = 1_000
const NAMES_A_SLICE = 5_000

export type AuditRequest = {
  /** Not sooner than this after the slice before, whichever server made it. */
  pause_ms?: number | undefined
  movements?: number | undefined
  levels?: number | undefined
  reservations?: number | undefined
  names?: number | undefined
}

export type AuditSlice = {
  /** Another server was at it, or a moment ago. */
  busy: boolean
  checked?: { levels: number; movements: number; reservations: number }
  pass_ended?: boolean
  /** Faults that are there, as far as the audit knows. */
  findings: number
  last_pass_at: string | null
}

/**
 * Verifies the next slice of a tenant's books, keeps what it finds, and moves on: the step of which
 * the background audit is made.
 *
 * @example
 * while (!(await audit({ pause_ms: 0 })).pass_ended);
 */
export const auditOf =
  (context: Context) =>
  async (request: AuditRequest = {}): Promise<AuditSlice> => {
    const answer = await writeFor<AuditSlice>(context, 'audit_slice', {
      pause_ms: request.pause_ms ?? 0,
      movements: request.movements ?? MOVEMENTS_A_SLICE,
      levels: request.levels ?? LEVELS_A_SLICE,
      reservations: request.reservations ?? RESERVATIONS_A_SLICE,
      names: request.names ?? NAMES_A_SLICE,
    })
    if (!answer.ok) throw new Error(`an audit is never refused: ${answer.refusal.code}`)
    return answer
  }
