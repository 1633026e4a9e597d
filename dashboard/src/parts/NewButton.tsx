import type { ReactNode } from 'react'
import { useAddress } from '../frame/address.ts'

/** The main button of a list: it opens what `?new=1` in the address opens. */
export const NewButton = ({ children }: { children: ReactNode }) => {
  const [, setSearch] = useAddress()
  return (
    <button type="button" className="btn primary" onClick={() => setSearch({ new: '1' })}>
      {children}
    </button>
  )
}
