import { readFor } from '../database/context.ts'
import { requireMigrated } from '../database/migrate.ts'
import type { Holdfast } from '../holdfast.ts'

/** What the database says of itself. */
export type Readiness = {
  in_recovery: boolean
  /** Months for which the ledger has no partition yet. */
  months_missing: string[]
  /** Who keeps hot rows from being pruned. */
  oldest_xid: {
    pid: number
    application: string
    state: string | null
    seconds: number
    age: number
  } | null
}

/** What the background audit says of the books of all tenants. */
export type AuditState = {
  /** finding: run `holdfast verify`; failing: the last slice could not be read. */
  state: 'off' | 'running' | 'finding' | 'failing'
  /** Since when every tenant has been passed whole at least once; null until then. */
  last_pass_at: string | null
  findings: number
}

export const NO_AUDIT: AuditState = { state: 'off', last_pass_at: null, findings: 0 }

/** Asks the database whether it can serve; throws when it cannot, or cannot be asked. */
export const readinessOf = async ({ context }: Holdfast): Promise<Readiness> => {
  await requireMigrated(context.database.pool)
  return readFor<Readiness>(context, 'readiness')
}

/** A transaction that is open for longer than this slows hot levels down. */
const OLDEST_XID_SECONDS_MAX = 60

/** What works, but should be looked at. */
export const warningsOf = (
  { months_missing, oldest_xid: oldest }: Readiness,
  audit: AuditState = NO_AUDIT,
): string[] => {
  const warnings = months_missing.map(
    month => `The ledger has no partition for ${month}; run holdfast migrate.`,
  )
  if (audit.findings > 0) {
    warnings.push(
      `The audit finds ${audit.findings} faults in the books; run holdfast verify, then ` +
        'holdfast doctor --repair.',
    )
  }
  if (oldest && oldest.seconds > OLDEST_XID_SECONDS_MAX) {
    warnings.push(
      `Session ${oldest.pid} (${oldest.application || 'unnamed'}) has kept a transaction open ` +
        `for ${oldest.seconds} s; hot levels slow down until it ends.`,
    )
  }
  return warnings
}
