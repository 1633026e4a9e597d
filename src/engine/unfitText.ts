const DEPTH_MAX = 20
/** Few texts have such a unit at all, and only they are looked at closely. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for
const SUSPECT = /[\u0000\ud800-\udfff]/

/**
 * The path of the first text that PostgreSQL cannot keep (a NUL, or half of a surrogate pair), or
 * of a nesting that is too deep; undefined when all is well. One such request would fail its
 * neighbours in a flush.
 */
export const unfitText = (value: unknown, path = '', depth = 0): string | undefined => {
  if (typeof value === 'string') {
    return SUSPECT.test(value) && isUnfit(value) ? path : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === DEPTH_MAX) return path
  for (const [name, inner] of Object.entries(value)) {
    if (SUSPECT.test(name) && isUnfit(name)) return path === '' ? '(a name)' : path
    if (typeof inner === 'number') continue
    const where = path === '' ? name : `${path}.${name}`
    const found = unfitText(inner, where, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

// String.prototype.isWellFormed is in Node 20, but not in the language level that we compile to.
const isUnfit = (text: string): boolean => text.includes('\u0000') || /\p{Surrogate}/u.test(text)
