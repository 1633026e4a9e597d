import { readFor } from '../database/context.ts'
import { requireMigrated } from '../database/migrate.ts'
import type { Holdfast } from '../holdfast.ts'

/** Who keeps hot rows from being pruned. */
type Oldest = {
  pid: number
  /** Empty where it has no name. */
  application: string
  state: string | null
  seconds: number
  age: number
}

/** What the database says of itself. */
export type Readiness = {
  in_recovery: boolean
  /** Months for which the ledger has no partition yet. */
  months_missing: string[]
  oldest_xid: Oldest | null
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

/** What works, but should be looked at. The codes are permanent. */
export type Warning = {
  code: 'ledger_month_missing' | 'books_at_fault' | 'transaction_open'
  message: string
  /** The values inside of the message. */
  facts: Record<string, string | number>
}

const monthMissing = (month: string): Warning => ({
  code: 'ledger_month_missing',
  message: `The ledger has no partition for ${month}; run holdfast migrate.`,
  facts: { month },
})

const booksAtFault = (findings: number): Warning => ({
  code: 'books_at_fault',
  message:
    `The audit finds ${findings} faults in the books; run holdfast verify, then ` +
    'holdfast doctor --repair.',
  facts: { findings },
})

const transactionOpen = ({ pid, application, seconds }: Oldest): Warning => ({
  code: 'transaction_open',
  message:
    `Session ${pid} (${application || 'unnamed'}) has kept a transaction open ` +
    `for ${seconds} s; hot levels slow down until it ends.`,
  facts: { pid, application, seconds },
})

/** Every warning that there is now. */
export const warningsOf = (
  { months_missing, oldest_xid: oldest }: Readiness,
  { findings }: AuditState = NO_AUDIT,
): Warning[] => [
  ...months_missing.map(monthMissing),
  ...(findings > 0 ? [booksAtFault(findings)] : []),
  ...(oldest && oldest.seconds > OLDEST_XID_SECONDS_MAX ? [transactionOpen(oldest)] : []),
]
