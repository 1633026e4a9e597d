import { clock } from '../clock.ts'
import { inWords } from './interrupt.ts'

/** Tells how fast work goes and how long it will take: `120 of 500 answers, 900/s, 1 s left`. */
export const paceOf = (total: number, what: string): ((done: number) => string) => {
  const beganMs = clock.monotonicMs()
  return done => {
    const seconds = Math.max(clock.monotonicMs() - beganMs, 1) / 1000
    const rate = done / seconds
    const left = rate > 0 ? `, ${inWords(Math.max(total - done, 0) / rate)} left` : ''
    return `${done} of ${Math.max(total, done)} ${what}, ${Math.round(rate)}/s${left}`
  }
}
