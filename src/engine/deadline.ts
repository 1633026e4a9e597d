import type { Clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'

/** One deadline over several waits of a call. */
export type Deadline = {
  /** Waits for this, but not beyond the deadline. */
  within<Result>(work: Promise<Result>): Promise<Result>
  /** Milliseconds that are left for what comes next; undefined when there is no deadline. */
  left(): number | undefined
}

export const deadlineOf = (clock: Clock, deadlineMs: number | undefined): Deadline => {
  if (deadlineMs === undefined) return { within: work => work, left: () => undefined }
  const until = clock.monotonicMs() + deadlineMs
  const left = () => Math.max(0, until - clock.monotonicMs())
  return {
    within: work =>
      new Promise((resolve, reject) => {
        const over = () => reject(new HoldfastError('deadline_exceeded'))
        const callOff = clock.after(left(), over)
        work.then(resolve, reject).finally(callOff)
      }),
    left,
  }
}
