import { clock } from '../clock.ts'
import type { Holdfast } from '../holdfast.ts'
import type { AuditSlice } from '../ledger/audit.ts'
import { Pauses } from './pauses.ts'
import type { AuditState } from './readiness.ts'

const PAUSE_MS = 1_000
/** Of one core, as long as slices take longer than the pause allows for. */
const LOAD_MAX = 0.1
const TENANTS_A_PAGE = 250

export type AuditOptions = {
  /** Between two slices, at the least; 1,000 when left out. */
  pause_ms?: number | undefined
  /** Told once when it cannot go on, until it can again. */
  notice?: ((line: string) => void) | undefined
}

type Told = Pick<AuditSlice, 'findings' | 'last_pass_at'>

/** The oldest of the last passes; null while one tenant has had none. */
const oldestOf = (told: Told[]): string | null => {
  const times = told.map(({ last_pass_at }) => last_pass_at)
  if (times.length === 0 || times.includes(null)) return null
  return times.reduce((a, b) => (Date.parse(a as string) < Date.parse(b as string) ? a : b))
}

/**
 * Verifies the books of all tenants all the time: a slice of one, a pause, a slice of the next.
 * Servers of one database share the work by the tenants' rows of audits.
 */
export const startAuditor = (
  holdfast: Holdfast,
  { pause_ms = PAUSE_MS, notice = () => {} }: AuditOptions,
  audited: (checked: Record<string, number>, seconds: number) => void,
) => {
  const told = new Map<string, Told>()
  const rooms = new Map<string, Holdfast>()
  const pauses = new Pauses()
  let failing = false

  const slice = async (tenant: string): Promise<void> => {
    const room = rooms.get(tenant) ?? (await holdfast.forTenant(tenant))
    rooms.set(tenant, room)
    const beganMs = clock.monotonicMs()
    const done = await room.audit({ pause_ms })
    const tookMs = clock.monotonicMs() - beganMs
    if (done.checked) audited(done.checked, tookMs / 1000)
    told.set(tenant, done)
    await pauses.rest(Math.max(pause_ms, done.busy ? 0 : tookMs * (1 / LOAD_MAX - 1)))
  }

  const round = async (): Promise<void> => {
    const seen = new Set<string>()
    let cursor: string | null | undefined
    do {
      const request = { limit: TENANTS_A_PAGE, ...(cursor ? { cursor } : {}) }
      const page = await holdfast.tenants.list(request)
      for (const { code } of page.ok ? page.data : []) {
        if (pauses.over) return
        seen.add(code)
        await slice(code)
        failing = false
      }
      cursor = page.ok ? page.next_cursor : null
    } while (cursor && !pauses.over)
    for (const code of told.keys()) if (!seen.has(code)) told.delete(code)
  }

  const loop = async (): Promise<void> => {
    while (!pauses.over) {
      try {
        await round()
      } catch (error) {
        if (!failing && !pauses.over) notice(`audit: ${(error as Error).message}`)
        failing = true // said once until it works again
        await pauses.rest(pause_ms)
      }
    }
  }
  const ended = loop()
  return {
    state: (): AuditState => {
      const findings = [...told.values()].reduce((sum, each) => sum + each.findings, 0)
      const state = failing ? 'failing' : findings > 0 ? 'finding' : 'running'
      return { state, last_pass_at: oldestOf([...told.values()]), findings }
    },
    stop: async (): Promise<void> => {
      pauses.end()
      await ended
    },
  }
}
