import { useState } from 'react'
import { languageNow } from '../frame/words.ts'
import { Field } from './Field.tsx'
import { useFormat } from './format.ts'

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

type Unit = (typeof units)[number][0]

/** The largest unit in which so many seconds are a whole number. */
const unitOf = (seconds: number): (typeof units)[number] =>
  units.find(([, size]) => seconds >= size && seconds % size === 0) ?? ['second', 1]

const written = (locale: string, count: number, unit: Unit, unitDisplay: 'long' | 'narrow') =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay }).format(count)

/** "30 minutes", "14 days", "90 seconds": as the person says it. */
export const durationFor = (locale: string, seconds: number): string => {
  const [unit, size] = unitOf(seconds)
  return written(locale, seconds / size, unit, 'long')
}

/** "2 min": how long ago or how late, in one unit. */
export const roughDurationFor = (locale: string, seconds: number): string => {
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? ['second', 1]
  return written(locale, Math.round(seconds / size), unit, 'long')
}

export const useDuration = () => {
  const { locale } = useFormat()
  return (seconds: number) => durationFor(locale, seconds)
}

/** The name of a unit without a number, as this language writes it. */
const unitName = (locale: string, unit: Unit): string =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' })
    .formatToParts(languageNow() === 'zh' ? 1 : 2)
    .filter(({ type }) => type === 'unit')
    .map(({ value }) => value.trim())
    .join('')

type Timed = {
  label: string
  /** Seconds, as text; empty: nothing is said. */
  value: string
  onChange: (seconds: string) => void
  help?: React.ReactNode
  error?: React.ReactNode
  placeholder?: string
}

/** A span of time: a number and its unit, kept as seconds. */
export const DurationField = ({ label, value, onChange, help, error, placeholder }: Timed) => {
  const { locale, labelled } = useFormat()
  const [chosen, setChosen] = useState<Unit | undefined>()
  const seconds = value === '' ? undefined : Number(value)
  const [unit, size] =
    units.find(([name]) => name === chosen) ??
    (seconds === undefined ? (['minute', 60] as const) : unitOf(seconds))
  const count = seconds === undefined ? '' : String(seconds / size)
  return (
    <Field label={label} help={help} error={error}>
      {id => (
        <div className="row gap4">
          <input
            id={id}
            className="input"
            type="number"
            min={0}
            step="any"
            inputMode="decimal"
            value={count}
            placeholder={placeholder}
            onChange={event => {
              setChosen(unit)
              const typed = event.target.value
              onChange(typed === '' ? '' : String(Math.round(Number(typed) * size)))
            }}
          />
          <select
            className="input unit"
            aria-label={labelled(label, unitName(locale, unit))}
            value={unit}
            onChange={event => {
              const next = units.find(([name]) => name === event.target.value) ?? units[3]
              setChosen(next[0])
              if (count !== '') onChange(String(Math.round(Number(count) * next[1])))
            }}
          >
            {[...units].reverse().map(([name]) => (
              <option key={name} value={name}>
                {unitName(locale, name)}
              </option>
            ))}
          </select>
        </div>
      )}
    </Field>
  )
}
