import { HoldfastError } from '../errors.ts'

/** Waits for work at most so long; the work itself goes on, its outcome is then unknown. */
export const within = async <Value>(work: Promise<Value>, msMax: number): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new HoldfastError('deadline_exceeded')), msMax)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
