import type { FieldError } from './problem.ts'

/** Deeper than any shape of ours; what lies deeper is refused unread. */
const DEPTH_MAX = 16
const NAME_LENGTH_MAX = 100
const LONE_SURROGATE = /\p{Surrogate}/u

const reasonFor = (text: string): string | undefined => {
  if (text.includes('\u0000')) return 'contains the character NUL'
  if (LONE_SURROGATE.test(text)) return 'contains half of a surrogate pair'
  return undefined
}

/** The first text that PostgreSQL could not store, with its field; undefined if all is well. */
export const unfitText = (value: unknown, field = '', depth = 0): FieldError | undefined => {
  if (typeof value === 'string') {
    const reason = reasonFor(value)
    return reason === undefined ? undefined : { field, reason }
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= DEPTH_MAX) return { field, reason: `is nested deeper than ${DEPTH_MAX} levels` }
  for (const [name, inner] of Object.entries(value)) {
    const reason = reasonFor(name)
    if (reason !== undefined) return { field: field || 'a field name', reason }
    const found = unfitText(inner, field === '' ? name : `${field}.${name}`, depth + 1)
    if (found) return found
  }
  return undefined
}

/** The first pair of a query whose bytes are no UTF-8: its parser would keep them as they stand. */
export const unfitQuery = (url: string): FieldError | undefined => {
  const query = url.slice(url.indexOf('?') + 1)
  if (query === url || !query.includes('%')) return undefined
  for (const pair of query.split('&')) {
    try {
      decodeURIComponent(pair)
    } catch {
      const [name = ''] = pair.split('=', 1)
      return { field: name.slice(0, NAME_LENGTH_MAX), reason: 'is not valid UTF-8' }
    }
  }
  return undefined
}
