import { clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'

/** Waits for work at most so long; the work itself goes on, its outcome is then unknown. */
export const within = async <Value>(
  work: Promise<Value>,
  msMax: number | undefined,
): Promise<Value> => {
  if (msMax === undefined) return work
  let callOff = (): void => {}
  const late = new Promise<never>((_resolve, reject) => {
    callOff = clock.after(msMax, () => reject(new HoldfastError('deadline_exceeded')))
  })
  try {
    return await Promise.race([work, late])
  } finally {
    callOff()
  }
}
