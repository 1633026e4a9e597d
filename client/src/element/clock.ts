/** The element's only reader of time and randomness; smaller than the client's. */
export const monotonicMs = (): number => performance.now()
export const random = (): number => Math.random()
/** A key that nobody else mints; unlike randomUUID it works on a page without HTTPS too. */
export const newKey = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-')
export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
