import { useCallback, useState } from 'react'

/** A view that a person has saved: its name, and the address of its filters, order and columns. */
export type SavedView = { name: string; search: Record<string, string> }

const read = <Value>(name: string, otherwise: Value): Value => {
  try {
    const text = localStorage.getItem(name)
    return text === null ? otherwise : (JSON.parse(text) as Value)
  } catch {
    return otherwise
  }
}

/** Something that this browser keeps for its person. */
export const useKept = <Value>(name: string, otherwise: Value) => {
  const [value, setValue] = useState<Value>(() => read(`holdfast.${name}`, otherwise))
  const keep = useCallback(
    (next: Value) => {
      setValue(next)
      try {
        localStorage.setItem(`holdfast.${name}`, JSON.stringify(next))
      } catch {
        // kept until the page is left
      }
    },
    [name],
  )
  return [value, keep] as const
}

type Choosable = { id: string; off?: boolean; fixed?: boolean }

/** Which columns of a table are shown. */
export const useColumns = <Column extends Choosable>(table: string, columns: Column[]) => {
  const [chosen, setChosen] = useKept<Record<string, boolean>>(`columns.${table}`, {})
  const isShown = ({ id, off, fixed }: Column) => fixed === true || (chosen[id] ?? !off)
  return {
    shown: columns.filter(isShown),
    isShown,
    show: (id: string, on: boolean) => setChosen({ ...chosen, [id]: on }),
  }
}

export const useSavedViews = (table: string) => useKept<SavedView[]>(`views.${table}`, [])
