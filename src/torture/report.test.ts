import { expect, test } from 'vitest'
import { fateKinds } from './proxy.ts'
import { linesOf, recoveries, reportOf } from './report.ts'
import type { Verdict } from './torture.ts'

const none = Object.fromEntries(fateKinds.map(kind => [kind, 0])) as Verdict['faults']['clients']
const verdict: Verdict = {
  ...{ seed: 42, seconds: 61, rounds: 2, servers: 2, buyers: 1_800, units: 600, calls: 2_160 },
  ...{ attempts: 2_300, granted: 600, refused: 1_200, committed: 240, released: 120 },
  ...{ asked_again: 600, undecided: { ECONNRESET: 140 }, overrun_ms: 3 },
  kills: [
    { kind: 'server', recovery_ms: 900 },
    { kind: 'server', recovery_ms: 2_300 },
    { kind: 'sessions', recovery_ms: null },
  ],
  faults: { clients: { ...none, half_open: 4, trickle: 2 }, database: none },
  ...{ findings: [], tenant: 'torture-42-abc', tenant_removed: true },
}
const page = (change: Partial<Verdict>) =>
  reportOf({ ...verdict, ...change }, 'holdfast torture --seed 42', new Date(0))

test('the page has verdict, seed, counts, and the command that repeats it', () => {
  const text = page({})
  for (const words of ['61 s: survived', 'seed 42', '2160 decided', '4 silent, 2 byte by byte']) {
    expect(text).toContain(words)
  }
  expect(text).toContain('```sh\nholdfast torture --seed 42\n```')
})

test('a finding is no survival, and stands on the page', () => {
  const text = page({ findings: ['round 1: lost: the hold 7'] })
  expect(text).toContain('not survived')
  expect(text).toContain('- round 1: lost: the hold 7')
  expect(page({ rounds: 0 })).toContain('not survived')
})

test('the longest recovery of each kind is told; who was not served again has none', () => {
  expect(recoveries(verdict)).toMatchObject([
    { kind: 'server', count: 2, worst_ms: 2_300 },
    { kind: 'sessions', count: 1, worst_ms: null },
  ])
})

test('a tenant that could not be removed is named', () => {
  expect(linesOf({ ...verdict, tenant_removed: false }).join('\n')).toContain(
    'torture-42-abc stays',
  )
})
