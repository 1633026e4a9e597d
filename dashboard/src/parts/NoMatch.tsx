import type { ReactNode } from 'react'
import { useAddress } from '../frame/address.ts'
import { frameWords } from '../frame/catalogue.ts'
import { useWords } from '../frame/words.ts'
import { Empty } from './Answers.tsx'

type Unmatched = {
  /** The names of its filters in the address; left out: all that stands there. */
  of?: readonly string[]
  title?: string
  children?: ReactNode
}

/** A list of which no row is what its filters ask for: one button takes them all away. */
export const NoMatch = ({ of, title, children }: Unmatched) => {
  const f = useWords(frameWords)
  const [search, setSearch] = useAddress()
  const clear = () =>
    setSearch(Object.fromEntries((of ?? Object.keys(search)).map(name => [name, undefined])))
  return (
    <Empty
      icon="filter"
      title={title ?? f('noMatch')}
      action={
        <button type="button" className="btn" onClick={clear}>
          {f('clearFilters')}
        </button>
      }
    >
      {children ?? f('noMatchHelp')}
    </Empty>
  )
}
