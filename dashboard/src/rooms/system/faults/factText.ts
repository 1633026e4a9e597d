import { type Say, useWords } from '../../../frame/words.ts'
import { useFormat } from '../../../parts/format.ts'
import { factWords } from './factWords.ts'

type Labelled = ReturnType<typeof useFormat>['labelled']

/** What has a number in it: "version 3", "line 1, part 2", "5 at most". */
const numbered = [
  ['version_of', /^version (?<version>\d+)$/],
  ['versions', /^versions (?<from>\d+) to (?<to>\d+)$/],
  ['line', /^line (?<line>\d+)$/],
  ['part', /^line (?<line>\d+), part (?<part>\d+)$/],
  ['level', /^level (?<level>\d+)$/],
  ['at_most', /^(?<most>\d+) at most$/],
  ['not_before', /^not before (?<time>.+)$/],
  ['in_allocations', /^(?<units>\d+) in allocations$/],
  ['in_queue', /^(?<units>\d+) in the queue$/],
  ['kind', /^kind (?<kind>\d+)$/],
  ['movements', /^(?<count>\d+) movements$/],
  ['movements_of', /^movements of level (?<level>\d+)$/],
  ['units', /^(?<units>-?\d+) units$/],
  ['units_for', /^units for (?<asked>\d+)$/],
  ['kit', /^kit (?<kit>\d+)$/],
  ['build', /^build (?<build>[0-9a-f-]+)$/],
  ['sku_no', /^SKU (?<sku>\d+)$/],
] as const

/** A fact of a fault in words; a name that has none as the API has it. */
export const factTextFor = (t: Say<string>, labelled: Labelled) => {
  const placeOf = (place: string): string => {
    for (const [key, pattern] of numbered) {
      const found = pattern.exec(place)
      if (found) return t(key, found.groups)
    }
    return Object.hasOwn(factWords.en, place) ? t(place) : place
  }
  const said = (text: string): string => {
    const [place = '', ...rest] = text.split(': ')
    return rest.length === 0 ? placeOf(place) : labelled(placeOf(place), placeOf(rest.join(': ')))
  }
  return (name: string, value: unknown): string => {
    const label = Object.hasOwn(factWords.en, `fact_${name}`) ? t(`fact_${name}`) : name
    const own = name === 'what' || name === 'expected' || name === 'found'
    return labelled(label, own ? said(String(value)) : String(value))
  }
}

/** Where a fault is, and what was expected there: each fact that it has. */
export const useFactTexts = () => {
  const textOf = factTextFor(useWords(factWords) as Say<string>, useFormat().labelled)
  return (facts: Record<string, unknown>): string[] =>
    Object.entries(facts)
      .filter(([name, value]) => name !== 'code' && value !== null && typeof value !== 'object')
      .map(([name, value]) => textOf(name, value))
}
