import { type ReactNode, useId } from 'react'

type Labelled = {
  label: ReactNode
  /** What helps, or what is wrong. */
  help?: ReactNode
  error?: ReactNode
  children: (id: string) => ReactNode
}

/** A label over a control, and below it what helps or what is wrong. */
export const Field = ({ label, help, error, children }: Labelled) => {
  const id = useId()
  return (
    <div className={error === undefined ? 'field' : 'field wrong'}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {error !== undefined && (
        <p className="t12 danger" role="alert">
          {error}
        </p>
      )}
      {error === undefined && help !== undefined && <p className="t12 mut">{help}</p>}
    </div>
  )
}

type Typed = {
  label: ReactNode
  value: string
  onChange: (value: string) => void
  help?: ReactNode
  error?: ReactNode
  type?: 'text' | 'number' | 'email' | 'password' | 'date' | 'datetime-local' | 'search' | 'url'
  placeholder?: string
  required?: boolean
  autoFocus?: boolean
  autoComplete?: string
  list?: string[]
  mono?: boolean
  maxLength?: number
  disabled?: boolean
}

/** A field of one line; `list` offers what is known. */
export const TextField = ({ label, value, onChange, help, error, list, ...rest }: Typed) => {
  const { type = 'text', mono = false, autoFocus, ...input } = rest
  return (
    <Field label={label} help={help} error={error}>
      {id => (
        <>
          <input
            {...input}
            id={id}
            type={type}
            className={mono ? 'input mono' : 'input'}
            value={value}
            data-autofocus={autoFocus || undefined}
            inputMode={type === 'number' ? 'numeric' : undefined}
            list={list ? `${id}-list` : undefined}
            aria-invalid={error === undefined ? undefined : true}
            onChange={event => onChange(event.target.value)}
          />
          {list && (
            <datalist id={`${id}-list`}>
              {list.map(each => (
                <option key={each} value={each} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  )
}

type Chosen<Value extends string> = {
  label: ReactNode
  value: Value
  options: readonly { value: Value; title: string }[]
  onChange: (value: Value) => void
  help?: ReactNode
  error?: ReactNode
}

/** One of a few: the browser's own list, which every phone knows. */
export function SelectField<Value extends string>(props: Chosen<Value>) {
  const { label, value, options, onChange, help, error } = props
  return (
    <Field label={label} help={help} error={error}>
      {id => (
        <select
          id={id}
          className="input"
          value={value}
          onChange={event => onChange(event.target.value as Value)}
        >
          {options.map(option => (
            <option key={option.value} value={option.value}>
              {option.title}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

type Pressed<Value extends string> = {
  label: string
  value: Value
  options: readonly { value: Value; title: ReactNode }[]
  onChange: (value: Value) => void
}

/** A few choices side by side, one of them pressed. */
export function Segments<Value extends string>(props: Pressed<Value>) {
  const { label, value, options, onChange } = props
  return (
    <fieldset className="seg" aria-label={label}>
      {options.map(option => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.title}
        </button>
      ))}
    </fieldset>
  )
}

type Picked = {
  label: string
  help?: string
  options: readonly { value: string; title: string }[]
  chosen: string[]
  onChange: (chosen: string[]) => void
}

/** Some of a few: each has its tick. */
export const PicksField = ({ label, help, options, chosen, onChange }: Picked) => (
  <fieldset className="stack tight">
    <legend className="label">{label}</legend>
    <div className="checks">
      {options.map(({ value, title }) => (
        <CheckField
          key={value}
          checked={chosen.includes(value)}
          onChange={on => onChange(on ? [...chosen, value] : chosen.filter(each => each !== value))}
        >
          {title}
        </CheckField>
      ))}
    </div>
    {help !== undefined && <p className="t12 mut">{help}</p>}
  </fieldset>
)

type Ticked = { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode }

export const CheckField = ({ checked, onChange, children }: Ticked) => (
  <label className="tick">
    <input type="checkbox" checked={checked} onChange={event => onChange(event.target.checked)} />
    <span>{children}</span>
  </label>
)
