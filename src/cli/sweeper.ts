import { clock } from '../clock.ts'
import type { Holdfast } from '../holdfast.ts'

const PAUSE_MS = 1_000
const DAY_MS = 86_400_000
const STATISTICS_EVERY_MS = 10_000
const TENANTS_A_PAGE = 250

/** Tidies up holds that have ended, tenant by tenant, and makes months and days ahead. */
export const startSweeper = (holdfast: Holdfast, notice: (line: string) => void) => {
  let stopping = false
  let monthsMadeAt = Number.NEGATIVE_INFINITY
  let analysedAt = Number.NEGATIVE_INFINITY
  let complained = false

  const expireAll = async (room: Holdfast): Promise<void> => {
    let after: number | null = null
    for (let more = true; more && !stopping; ) ({ more, after } = await room.expire({ after }))
  }

  const round = async (): Promise<void> => {
    const daily = clock.monotonicMs() - monthsMadeAt > DAY_MS
    if (daily) {
      await holdfast.makeLedgerMonths()
      monthsMadeAt = clock.monotonicMs()
    }
    if (clock.monotonicMs() - analysedAt > STATISTICS_EVERY_MS) {
      await holdfast.refreshStatistics()
      analysedAt = clock.monotonicMs()
    }
    let cursor: string | null | undefined
    do {
      const request = { limit: TENANTS_A_PAGE, ...(cursor ? { cursor } : {}) }
      const page = await holdfast.tenants.list(request)
      for (const tenant of page.ok && !stopping ? page.data : []) {
        const room = await holdfast.forTenant(tenant.code)
        await expireAll(room)
        while (!stopping && (await room.promises.closeSilent()).more);
        while (daily && !stopping && (await room.trimRequests()).more);
        if (!daily || stopping) continue
        await room.calendars.numberAhead()
        await room.policies.keepSafetyStock()
      }
      cursor = page.ok ? page.next_cursor : null
    } while (cursor && !stopping)
  }

  const loop = async (): Promise<void> => {
    while (!stopping) {
      try {
        await round()
        complained = false
      } catch (error) {
        if (!complained) notice(`sweeper: ${(error as Error).message}`)
        complained = true // said once until it works again; holds end without it
      }
      await clock.sleep(PAUSE_MS)
    }
  }
  const ended = loop()
  return {
    stop: async (): Promise<void> => {
      stopping = true
      await ended
    },
  }
}
