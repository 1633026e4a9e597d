/**
 * A signal that Ctrl-C gives: work ends at the next good place. A second Ctrl-C ends the process as
 * usual.
 */
export const interruptSignal = (onFirst: () => void): { signal: AbortSignal; done: () => void } => {
  const controller = new AbortController()
  const stop = (): void => {
    controller.abort()
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    onFirst()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    done: () => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}

/** Seconds as a person says them: `8 s`, `3 min 20 s`, `1 h 5 min`. */
export const inWords = (seconds: number): string => {
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
  return `${Math.floor(seconds / 3_600)} h ${Math.round((seconds % 3_600) / 60)} min`
}
