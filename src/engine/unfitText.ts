const DEPTH_MAX = 20
/** Few texts have such a unit at all, and only they are looked at closely. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for
const SUSPECT = /[\u0000\ud800-\udfff]/

/**
 * The path of the first text that PostgreSQL cannot keep (a NUL, or half of a surrogate pair), or
 * of a nesting that is too deep; undefined when all is well. One such request would fail its
 * neighbours in a flush.
 */
export const unfitText = (value: unknown): string | undefined => {
  const path = unfitPath(value, 0)
  return path === '' ? '(a name)' : path
}

/** The path below `value`: empty for the value itself. */
const unfitPath = (value: unknown, depth: number): string | undefined => {
  if (typeof value === 'string') return SUSPECT.test(value) && isUnfit(value) ? '' : undefined
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === DEPTH_MAX) return ''
  for (const name of Object.keys(value)) {
    if (SUSPECT.test(name) && isUnfit(name)) return ''
    const below = unfitPath((value as Record<string, unknown>)[name], depth + 1)
    if (below !== undefined) return below === '' ? name : `${name}.${below}`
  }
  return undefined
}

// String.prototype.isWellFormed is in Node 20, but not in the language level that we compile to.
const isUnfit = (text: string): boolean => text.includes('\u0000') || /\p{Surrogate}/u.test(text)
