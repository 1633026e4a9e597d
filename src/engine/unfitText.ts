const DEPTH_MAX = 20

/**
 * The path of the first text that PostgreSQL cannot keep (a NUL, or half of a surrogate pair), or
 * of
 * a nesting that is too deep; undefined when all is well. One such request would fail its
 * neighbours
 * in a flush.
 */
export const unfitText = (value: unknown, path = '', depth = 0): string | undefined => {
  if (typeof value === 'string') {
    return value.includes('\u0000') || !isWellFormed(value) ? path : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === DEPTH_MAX) return path
  for (const [name, inner] of Object.entries(value)) {
    const where = path === '' ? name : `${path}.${name}`
    if (unfitText(name) !== undefined) return path === '' ? '(a name)' : path
    const found = unfitText(inner, where, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

// String.prototype.isWellFormed is in Node 20, but not yet in the language level that we compile
// to.
const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)
