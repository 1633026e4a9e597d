import { api, type Schemas } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'

export type Person = Schemas['Person']
export type Role = Person['role']
export type Language = NonNullable<Person['language']>

export const roles = ['viewer', 'seller', 'stock_keeper', 'purchaser', 'admin'] as const

/** Where the link of somebody leads. */
export const linkAddress = (link: string): string => `${window.location.origin}/join#${link}`

/** Who looks at the page, as the server knows them. */
export const useMe = () => useRead(['me', 'whole'], signal => api.GET('/v1/me', { signal }))

const browsers = [
  ['Edg/', 'Edge'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const

const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** "Firefox, Linux": what a browser calls itself, in two words; undefined where it says nothing. */
export const browserOf = (
  agent: string | null,
  joined: (words: string[]) => string,
): string | undefined => {
  if (agent === null) return undefined
  const words = [browsers, systems].flatMap(list => {
    const found = list.find(([part]) => agent.includes(part))
    return found === undefined ? [] : [found[1]]
  })
  return words.length === 0 ? agent.slice(0, 60) : joined(words)
}
