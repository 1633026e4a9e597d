import { type Context, readFor } from '../database/context.ts'
import { locationCode, suffixedLocation } from './codes.ts'
import type { EntryLevel } from './entry.ts'

export type NamedLocation = { code: string; name: string }

/** Leads from what a file calls a location to its code. */
export type Locations = {
  /** The location of a file that names none: the tenant's first, or `main`. */
  first: NamedLocation
  known: (code: string) => boolean
  /** The location, or the reason why there can be none. */
  resolve: (level: Pick<EntryLevel, 'location' | 'named'>) => NamedLocation | string
}

const ANYWHERE = 'anywhere'
const MAIN = { code: 'main', name: 'Main' }

/** Reads the tenant's locations once; a shop has few. */
export const locationsOf = async (context: Context): Promise<Locations> => {
  const { locations } = await readFor<{
    locations: (NamedLocation & { archived: boolean })[]
  }>(context, 'import_locations')
  const byCode = new Map(locations.map(location => [location.code, location]))
  const byName = new Map<string, NamedLocation>()
  const claimed = new Map<string, string>() // code → the name that this file has for it
  for (const location of [...locations].reverse()) byName.set(location.name, location)

  const codeFor = (name: string): NamedLocation => {
    const named = byName.get(name)
    if (named) return named
    const code = locationCode(name)
    const taken = (claimed.get(code) ?? name) !== name || code === ANYWHERE
    const found = { code: taken ? suffixedLocation(name) : code, name }
    byName.set(name, found)
    claimed.set(found.code, name)
    return found
  }
  const first = locations.find(location => !location.archived) ?? MAIN
  return {
    first,
    known: code => byCode.has(code),
    resolve: ({ location, named }) => {
      if (named === 'code' && location === ANYWHERE) return 'No location can be named "anywhere".'
      const found =
        named === 'name'
          ? codeFor(location)
          : (byCode.get(location) ?? { code: location, name: location })
      if (byCode.get(found.code)?.archived) return `The location ${found.code} is archived.`
      if (found.code === first.code) return { code: first.code, name: first.name }
      return { code: found.code, name: byCode.get(found.code)?.name ?? found.name }
    },
  }
}
