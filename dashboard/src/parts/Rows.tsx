import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useRef } from 'react'
import { frameWords } from '../frame/catalogue.ts'
import { useKeys } from '../frame/keys.ts'
import { useWords } from '../frame/words.ts'

export type RowColumn<Row> = {
  title: string
  cell: (row: Row) => ReactNode
  /** Numbers stand at the end. */
  end?: boolean
  /** Not on a phone. */
  wide?: boolean
}

type Shown<Row> = {
  /** What the table holds, for whoever cannot see it. */
  caption: string
  columns: readonly RowColumn<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string | number
  /** Enter, or a click, goes there. */
  to?: (row: Row) => string
  /** Or does this. */
  onOpen?: (row: Row) => void
  faded?: (row: Row) => boolean
  /** J and K walk through it; of several tables of a page, one. */
  keyed?: boolean
}

/** The row that has the focus, and the one that gets it. */
const useWalk = () => {
  const body = useRef<HTMLTableSectionElement>(null)
  const walk = (by: number) => {
    const rows = [...(body.current?.rows ?? [])]
    const at = rows.findIndex(row => row.contains(document.activeElement))
    const next = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]
    next?.focus()
    next?.scrollIntoView({ block: 'nearest' })
  }
  return { body, walk }
}

const isControl = (target: EventTarget, row: HTMLElement): boolean => {
  const control = (target as HTMLElement).closest('a, button, input, select, label, summary')
  return control !== null && row.contains(control)
}

const classOf = ({ end, wide }: { end?: boolean; wide?: boolean }): string =>
  `${end ? 'r' : ''}${wide ? ' wide' : ''}`

/** A short table: lines on a desk, cards on a phone. */
export function Rows<Row>(props: Shown<Row>) {
  const { caption, columns, rows, keyOf, to, onOpen, faded, keyed = false } = props
  const t = useWords(frameWords)
  const { body, walk } = useWalk()
  const navigate = useNavigate()
  useKeys(
    t('keysTable'),
    keyed
      ? [
          { keys: 'j', title: t('keyNext'), run: () => walk(1) },
          { keys: 'k', title: t('keyPrevious'), run: () => walk(-1) },
        ]
      : [],
  )
  const opens = to !== undefined || onOpen !== undefined
  const open = (row: Row) => {
    if (to) navigate({ to: to(row) })
    else onOpen?.(row)
  }
  return (
    <table className="tbl cards">
      <caption className="vh">{caption}</caption>
      <thead>
        <tr>
          {columns.map(column => (
            <th key={column.title} scope="col" className={classOf(column)}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.map(row => (
          <tr
            key={keyOf(row)}
            tabIndex={opens || keyed ? 0 : undefined}
            className={`${opens ? 'opens' : ''}${faded?.(row) ? ' faded' : ''}`}
            onClick={event => {
              if (opens && !isControl(event.target, event.currentTarget)) open(row)
            }}
            onKeyDown={event => {
              if (event.key !== 'Enter' || event.target !== event.currentTarget) return
              event.preventDefault()
              if (opens) open(row)
            }}
          >
            {columns.map((column, at) => (
              <td
                key={column.title}
                className={classOf(column)}
                data-title={at === 0 ? undefined : column.title}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
