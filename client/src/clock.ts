const HEX = 16

/** The client's only reader of time and randomness. */
export const clock = {
  nowMs: (): number => Date.now(),
  monotonicMs: (): number => performance.now(),
  random: (): number => Math.random(),
  /** A key that nobody else mints; unlike randomUUID it works on a page without HTTPS too. */
  key: (): string =>
    Array.from(crypto.getRandomValues(new Uint8Array(HEX)), byte =>
      byte.toString(HEX).padStart(2, '0'),
    ).join(''),
  /** Resolves after so many milliseconds; rejects when the signal is aborted. */
  sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }, ms)
      signal?.addEventListener('abort', leave, { once: true })
    }),
}
