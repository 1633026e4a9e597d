import { monotonicMs } from './clock.ts'

// The shopper's own clock may be wrong by hours; the server's is read off its answers and carried
// on by the page's monotonic one.
let offset: number | undefined

/** Reads the server's time off an answer that was asked for and came at these instants. */
export const learnTime = (as_of: unknown, asked: number, came: number): void => {
  const instant = Date.parse(String(as_of))
  if (instant) offset = instant - (asked + came) / 2 // NaN is none
}

/** The server's time in milliseconds; undefined before the first answer. */
export const serverNow = (): number | undefined =>
  offset === undefined ? undefined : offset + monotonicMs()
