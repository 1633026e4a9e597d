/** A call with an idempotency key: the key, and the content that its fingerprint is taken of. */
export type Keyed = { key: string; content: string }

/** The key of a call with its content as JSON; undefined without one. */
export const keyedOf = (key: string | undefined, request: object): Keyed | undefined =>
  key === undefined ? undefined : { key, content: JSON.stringify(request) }

/** The keys of a flush, and the JSON of the list of their contents; a place counts from 1. */
export const keyColumns = (calls: { keyed?: Keyed | undefined }[]) => {
  const keys: string[] = []
  const contents: string[] = []
  const places: number[] = []
  for (const [index, { keyed }] of calls.entries()) {
    if (!keyed) continue
    keys.push(keyed.key)
    contents.push(keyed.content)
    places.push(index + 1)
  }
  return { keys, contents: `[${contents.join(',')}]`, places }
}

/** The places, among the keys of a flush, of those that were used before (HF004). */
export const usedKeys = (error: unknown): number[] | undefined => {
  const { code, detail } = error as { code?: string; detail?: string }
  return code === 'HF004' ? (detail ?? '').split(',').map(Number) : undefined
}

/**
 * Calls a fast way; where keys were used before, their calls are left for the careful path, which
 * knows their first answers, and the rest is called again.
 */
export const withNewKeys = async <Call extends { keyed?: Keyed | undefined }, Result>(
  calls: Call[],
  fastWay: (calls: Call[]) => Promise<Result>,
): Promise<{ calls: Call[]; result: Result | undefined }> => {
  let left = calls
  while (left.length > 0) {
    try {
      return { calls: left, result: await fastWay(left) }
    } catch (error) {
      const used = usedKeys(error)
      if (!used) throw error
      const { places } = keyColumns(left)
      const gone = new Set(used.map(place => places[place - 1]))
      left = left.filter((_, index) => !gone.has(index + 1))
    }
  }
  return { calls: left, result: undefined }
}
