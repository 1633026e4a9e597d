import { readFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { Context } from '../database/context.ts'

/** Who did what: signed in, or changed people, keys, policies or settings. */
export type AuditEntry = {
  entry_id: number
  happened_at: string
  action: string
  /** The number of a key or a person; null: the command line, or somebody unknown. */
  actor_id: number | null
  actor: string | null
  facts: Record<string, unknown>
  address: string | null
}

export type ListAuditLog = PageRequest<'happened_at'> & {
  action?: string | undefined
  actor_id?: number | undefined
  since?: string | undefined
  until?: string | undefined
}

/**
 * The audit log of one tenant: append-only, the newest first.
 *
 * @example
 * await holdfast.auditLog.list({ action: 'sign_in_failed' })
 */
export const auditLogOf = (context: Context) => ({
  list: (request: ListAuditLog = {}): Promise<PageAnswer<AuditEntry>> =>
    readFitting(context, 'list_audit_log', request),
})
