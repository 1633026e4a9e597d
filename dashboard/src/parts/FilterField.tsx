import { useEffect, useRef, useState } from 'react'

const PAUSE_MS = 250

type Searched = {
  label: string
  value: string
  onChange: (value: string) => void
}

/** A day from or to which a list is asked for; the browser's own field says neither. */
export const DayFilter = ({ label, value, onChange }: Searched) => (
  <label className="row day">
    <span className="mut t12">{label}</span>
    <input
      className="input auto"
      type="date"
      value={value}
      onChange={event => onChange(event.target.value)}
    />
  </label>
)

/** A plain filter of a list; asked for when the typing pauses. */
export const FilterField = ({ label, value, onChange }: Searched) => {
  const [typed, setTyped] = useState(value)
  const said = useRef(value)
  useEffect(() => {
    if (value !== said.current) setTyped(value)
    said.current = value
  }, [value])
  const latest = useRef(onChange)
  latest.current = onChange
  useEffect(() => {
    if (typed === said.current) return
    const timer = window.setTimeout(() => {
      said.current = typed
      latest.current(typed)
    }, PAUSE_MS)
    return () => window.clearTimeout(timer)
  }, [typed])
  return (
    <input
      type="search"
      className="input auto wide"
      aria-label={label}
      placeholder={label}
      value={typed}
      maxLength={255}
      onChange={event => setTyped(event.target.value)}
      onKeyDown={event => {
        if (event.key !== 'Enter') return
        said.current = typed
        latest.current(typed)
      }}
    />
  )
}
