import type { Scheduler } from './scheduler.ts'
import type { Run, Stage } from './simulate.ts'

export type Counts = {
  operations: number
  granted: number
  refused: number
  unknown: number
  steps: number
  statements: number
  faults: number
  unknown_outcomes: number
  blocked: number
  own_transactions: number
  killed: number
  clock_shifts: number
}

export type Verdict = {
  seed: number
  ok: boolean
  violations: string[]
  counts: Counts
  /** By name. */
  faults: Record<string, number>
  refusals: Record<string, number>
  /** Of all decisions and answers: two runs of one seed have the same. */
  digest: string
  history: string[]
  /** One line that does it again. */
  replay: string
}

export const replayOf = ({ seed, operations }: { seed: number; operations: number }): string =>
  `npm run simulate -- --seed ${seed} --ops ${operations}`

export const verdictOf = (run: Run, stage: Stage, scheduler: Scheduler): Verdict => {
  const { calls } = stage.caller
  const { dispatcher, violations, history } = stage
  const refusals: Record<string, number> = {}
  for (const { answer } of calls) {
    const code = answer?.refusal?.code
    if (code) refusals[code] = (refusals[code] ?? 0) + 1
  }
  const count = (outcome: string) => calls.filter(call => call.outcome === outcome).length
  return {
    seed: run.seed,
    ok: violations.length === 0,
    violations,
    counts: {
      operations: calls.length,
      granted: count('granted'),
      refused: count('refused'),
      unknown: count('unknown'),
      steps: stage.step,
      statements: dispatcher.statements,
      faults: [...dispatcher.faults.values()].reduce((sum, n) => sum + n, 0),
      unknown_outcomes: dispatcher.unknownOutcomes,
      blocked: dispatcher.blocked,
      own_transactions: scheduler.sat_down,
      killed: scheduler.killed,
      clock_shifts: scheduler.clock_shifts,
    },
    faults: Object.fromEntries(dispatcher.faults),
    refusals,
    digest: history.digest,
    history: [...history.lines, ...history.legend()],
    replay: replayOf(run),
  }
}
