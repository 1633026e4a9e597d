import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { useAddress } from '../frame/address.ts'
import { frameWords } from '../frame/catalogue.ts'
import { useWords } from '../frame/words.ts'
import { useFormat } from './format.ts'
import { Icon } from './Icon.tsx'
import { Menu, Popover } from './Menu.tsx'
import { useSavedViews } from './views.ts'

const TYPING_MS = 180

type Searched = { value: string; onChange: (value: string) => void; placeholder: string }

/** The field that / leads to: asks the server when the typing pauses. */
export const SearchField = ({ value, onChange, placeholder }: Searched) => {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another text is asked for
  useEffect(() => {
    if (text === value) return undefined
    const timer = window.setTimeout(() => onChange(text), TYPING_MS)
    return () => window.clearTimeout(timer)
  }, [text])
  return (
    <div className="search-field">
      <Icon name="search" size={14} />
      <input
        type="search"
        className="input"
        value={text}
        placeholder={placeholder}
        aria-label={placeholder}
        maxLength={255}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            setText('')
            onChange('')
            event.currentTarget.blur()
          }
          if (event.key === 'Enter') event.currentTarget.blur()
        }}
      />
      <kbd>/</kbd>
    </div>
  )
}

/** A filter that is on or off, and stands in the address as `?name=true`. */
export const ChipSwitch = ({ name, children }: { name: string; children: ReactNode }) => {
  const [search, setSearch] = useAddress()
  const on = search[name] === 'true'
  return (
    <button
      type="button"
      className={on ? 'chip on' : 'chip'}
      aria-pressed={on}
      onClick={() => setSearch({ [name]: on ? undefined : 'true' })}
    >
      {children}
    </button>
  )
}

type Choosable = { id: string; title: string; fixed?: boolean }
type Chosen<Column> = {
  columns: Column[]
  isShown: (column: Column) => boolean
  show: (id: string, on: boolean) => void
}

export function ColumnsMenu<Column extends Choosable>({ columns, isShown, show }: Chosen<Column>) {
  const f = useWords(frameWords)
  return (
    <Menu
      button={
        <button type="button" className="btn ghost icon sm" aria-label={f('columns')}>
          <Icon name="columns" />
        </button>
      }
      entries={columns
        .filter(({ fixed }) => !fixed)
        .map(column => ({
          title: column.title,
          checked: isShown(column),
          run: () => show(column.id, !isShown(column)),
        }))}
    />
  )
}

export type View = {
  name: string
  search: Record<string, string>
  count?: number | undefined
  hot?: boolean
}

type Tabbed = {
  table: string
  views: View[]
  /** What the address says now of these names. */
  search: Record<string, string>
  names: readonly string[]
  onOpen: (search: Record<string, string | undefined>) => void
}

const same = (a: Record<string, string | undefined>, b: Record<string, string | undefined>) =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every(name => a[name] === b[name])

const SaveView = ({ onSave }: { onSave: (name: string) => void }) => {
  const f = useWords(frameWords)
  const [opened, setOpened] = useState(false)
  const [name, setName] = useState('')
  const save = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '') return
    onSave(name.trim())
    setName('')
    setOpened(false)
  }
  return (
    <Popover
      label={f('saveView')}
      opened={opened}
      onClose={() => setOpened(false)}
      button={
        <button type="button" className="view-save wide" onClick={() => setOpened(!opened)}>
          <Icon name="plus" size={13} />
          {f('saveView')}
        </button>
      }
    >
      <form onSubmit={save}>
        <label className="field">
          <span className="label">{f('viewName')}</span>
          <input
            className="input"
            value={name}
            maxLength={60}
            data-autofocus
            onChange={event => setName(event.target.value)}
          />
        </label>
        <div className="foot">
          <button type="submit" className="btn primary sm" disabled={name.trim() === ''}>
            {f('save')}
          </button>
        </div>
      </form>
    </Popover>
  )
}

/** The views of a list: those of the house, then those that the person has saved. */
export const ViewTabs = ({ table, views, search, names, onOpen }: Tabbed) => {
  const f = useWords(frameWords)
  const { number } = useFormat()
  const [saved, setSaved] = useSavedViews(table)
  const all: (View & { own?: boolean })[] = [
    ...views,
    ...saved.map(view => ({ ...view, own: true })),
  ]
  const open = (view: View) =>
    onOpen({ ...Object.fromEntries(names.map(name => [name, undefined])), ...view.search })
  const known = all.some(view => same(view.search, search))
  return (
    <nav className="vtabs" aria-label={f('views')}>
      {all.map(view => {
        const here = same(view.search, search)
        return (
          <span key={view.name} className="vtab">
            <button
              type="button"
              aria-current={here ? 'true' : undefined}
              onClick={() => open(view)}
            >
              {view.name}
              {view.count !== undefined && (
                <span className={view.hot && view.count > 0 ? 'n danger' : 'n'}>
                  {number(view.count)}
                </span>
              )}
            </button>
            {view.own && here && (
              <button
                type="button"
                className="vtab-remove"
                aria-label={f('removeView', { name: view.name })}
                onClick={() => setSaved(saved.filter(({ name }) => name !== view.name))}
              >
                <Icon name="cross" size={10} />
              </button>
            )}
          </span>
        )
      })}
      {!known && (
        <SaveView
          onSave={name => setSaved([...saved.filter(view => view.name !== name), { name, search }])}
        />
      )}
    </nav>
  )
}
