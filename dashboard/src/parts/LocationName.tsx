import { useCallback } from 'react'
import { api } from '../api/client.ts'
import { useRead } from '../api/use.ts'

export const useLocations = () =>
  useRead(['locations', 'all'], signal =>
    api.GET('/v1/locations', { params: { query: { limit: 250, sort: 'priority' } }, signal }),
  )

/** Codes as people call the locations: two of one name keep their code beside it. */
export const useLocationNames = (): ((code: string) => string) => {
  const { data } = useLocations()
  const places = data?.data
  return useCallback(
    (code: string) => {
      const name = places?.find(place => place.code === code)?.name
      if (name === undefined) return code
      const alone = places?.every(place => place.name !== name || place.code === code)
      return alone ? name : `${name} (${code})`
    },
    [places],
  )
}

/** Every location to choose from, the first that serves first. */
export const useLocationChoices = (): { value: string; title: string }[] => {
  const { data } = useLocations()
  const nameOf = useLocationNames()
  return (data?.data ?? []).map(({ code }) => ({ value: code, title: nameOf(code) }))
}

/** A location by its name; its code stands in the title, where a name that is cut is whole too. */
export const LocationName = ({ code }: { code: string }) => {
  const name = useLocationNames()(code)
  return <span title={name === code ? code : `${name} · ${code}`}>{name}</span>
}
