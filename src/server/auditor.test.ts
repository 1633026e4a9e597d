import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, stock } from '../../test/shop.ts'
import { startAuditor } from './auditor.ts'
import { serve } from './serve.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()

type Ready = {
  ok: boolean
  warnings: { code: string; message: string; facts: Record<string, unknown> }[]
  audit: { state: string; last_pass_at: string | null; findings: number }
}

/** Asks again until the answer is as it should be; the test's own time-out ends it otherwise. */
const until = async (base: string, is: (ready: Ready) => boolean): Promise<Ready> => {
  for (;;) {
    const ready = (await (await fetch(`${base}/readyz`)).json()) as Ready
    if (is(ready)) return ready
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

test('a finding of any tenant is a warning of /readyz and a metric, and leaves it ready', async () => {
  await stock(holdfast, { TEE: { berlin: 10 } })
  await holdfast.tenants.create({ code: 'other' })
  const server = await serve({ connectionString: url, port: 0, audit: { pause_ms: 1 } })
  try {
    const sound = await until(server.url, ({ audit }) => audit.last_pass_at !== null)
    expect(sound).toMatchObject({ ok: true, audit: { state: 'running', findings: 0 } })
    await asOwner(ownerUrl, 'update holdfast.levels set on_hand = on_hand + 1')
    const found = await until(server.url, ({ audit }) => audit.findings > 0)
    expect(found).toMatchObject({ ok: true, audit: { state: 'finding', findings: 1 } })
    expect(found.warnings).toEqual([
      {
        code: 'books_at_fault',
        message: expect.stringContaining('run holdfast verify'),
        facts: { findings: 1 },
      },
    ])
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('holdfast_audit_findings 1')
    expect(metrics).toMatch(/holdfast_audit_last_pass_timestamp_seconds 1\d{9}/)
    expect(metrics).toMatch(/holdfast_audit_checked_total\{of="movements"\} [1-9]/)
    await holdfast.repair()
    await until(server.url, ({ audit }) => audit.findings === 0)
  } finally {
    await server.close()
  }
})

test('a server without an audit says so', async () => {
  const server = await serve({ connectionString: url, port: 0 })
  try {
    const ready = await until(server.url, () => true)
    expect(ready.audit).toEqual({ state: 'off', last_pass_at: null, findings: 0 })
  } finally {
    await server.close()
  }
})

test('an audit that is stopped in its rest leaves no timer that keeps the process alive', async () => {
  const auditor = startAuditor(holdfast, { pause_ms: 60_000 }, () => {})
  await expect.poll(() => auditor.state().last_pass_at).not.toBeNull()
  const timers = () => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
  const before = timers()
  await auditor.stop()
  expect(timers()).toBe(before - 1)
})
