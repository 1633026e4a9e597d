import { clock } from '../clock.ts'
import {
  type Finding,
  openChecks,
  rightsChecks,
  versionCheck,
  waitingCheck,
} from '../database/checks.ts'
import { checkupOf } from '../database/checkup.ts'
import { type Context, readFor } from '../database/context.ts'
import { engineSchema } from '../database/statements.ts'
import { type FindingCode, findings } from '../ledger/findings.ts'

type Checked = { levels: number; movements: number; reservations: number }

type Kept = { code: string; facts: Record<string, unknown>; first_seen_at: string }

/** A fault in the books, with what it means and what to do. */
export type Fault = Kept & { explanation: string; remedy: string }

/** What the background audit of a tenant is at. */
export type AuditReport = {
  pass_began_at: string | null
  last_pass_at: string | null
  last_pass: (Checked & { seconds: number }) | null
  /** In this pass so far. */
  checked: Checked
  findings_count: number
  /** The newest 100. */
  findings: Fault[]
}

/** How far events have come: of a tenant, and of each that reads them. */
export type EventReport = {
  /** Of the newest event. */
  position: number
  fed_at: string | null
  consumers: { consumer: string; position: number; behind: number; lag_seconds: number }[]
}

const UNKNOWN = {
  explanation: 'A fault that a newer version of Holdfast has found.',
  remedy: 'Run `holdfast verify` of that version.',
}

const explained = (kept: Kept): Fault => ({
  ...kept,
  ...(Object.hasOwn(findings, kept.code) ? findings[kept.code as FindingCode] : UNKNOWN),
})

type Readiness = Parameters<typeof openChecks>[0]

/** What is known of the database and of the books, for whoever watches over both. */
export const systemOf = (context: Context) => ({
  engine: engineSchema,
  /** What doctor looks at, as far as the database itself can tell. */
  checks: async (): Promise<Finding[]> => {
    const askedAt = clock.now()
    const checkup = await checkupOf(context.database)
    const readiness = await readFor<Readiness>(context, 'readiness')
    return [
      versionCheck(checkup),
      ...rightsChecks(checkup, askedAt),
      waitingCheck(checkup),
      ...openChecks(readiness),
    ]
  },
  events: () => readFor<EventReport>(context, 'event_report'),
  audit: async (): Promise<AuditReport> => {
    const report = await readFor<AuditReport & { findings: Kept[] }>(context, 'audit_report')
    return { ...report, findings: report.findings.map(explained) }
  },
})
