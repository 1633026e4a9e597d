import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type MouseEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { frameWords } from '../frame/catalogue.ts'
import { useKeys } from '../frame/keys.ts'
import { useWords } from '../frame/words.ts'
import { Skeleton } from './Answers.tsx'
import { Icon } from './Icon.tsx'

export type Column<Row> = {
  id: string
  title: string
  cell: (row: Row) => ReactNode
  /** A track of CSS grid: `minmax(160px, 2fr)`, `90px`. */
  width: string
  align?: 'end'
  /** The server's word for this order; `-` before it turns it around. */
  sort?: string
  /** Numbers begin with the largest. */
  largestFirst?: boolean
  /** Always shown. */
  fixed?: boolean
  /** Not shown until it is chosen. */
  off?: boolean
  /** Left out of a phone's rows. */
  wide?: boolean
}

export type Selection = {
  chosen: ReadonlySet<string>
  choose: (keys: ReadonlySet<string>) => void
}

type Tabled<Row> = {
  /** For screen readers. */
  label: string
  columns: Column<Row>[]
  rows: Row[]
  keyOf: (row: Row) => string
  /** What the row is called, for its checkbox. */
  nameOf?: (row: Row) => string
  loading?: boolean
  /** The rows are of the question before. */
  old?: boolean
  hasMore?: boolean
  onMore?: () => void
  sort?: string
  onSort?: (sort: string) => void
  onOpen?: (row: Row) => void
  onCurrent?: (row: Row | undefined) => void
  selection?: Selection
  /** Shown where no row is. */
  empty?: ReactNode
  rowHeight?: number
  /** In the place of the foot. */
  foot?: ReactNode
}

const ROW_HEIGHT = 36
/** On a phone a row has two lines, and a finger needs room. */
const PHONE_ROW_HEIGHT = 52
const PHONE = '(max-width: 760px)'
const OVERSCAN = 12
const MORE_BEFORE_ROWS = 100

type Rowed<Row> = {
  row: Row
  name: string
  index: number
  top: number
  height: number
  columns: Column<Row>[]
  current: boolean
  chosen: boolean | undefined
  onPoint: (index: number) => void
  onOpen?: (index: number) => void
  onChoose: (index: number, range: boolean) => void
}

/** Whoever points at a cell that is cut reads all of it. */
const sayWhole = ({ currentTarget: cell }: MouseEvent<HTMLElement>): void => {
  const boxes = [cell, ...cell.querySelectorAll<HTMLElement>('*')]
  const isCut = boxes.some(
    box => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 2,
  )
  if (isCut) cell.title = cell.innerText.replace(/\s*\n\s*/g, ' · ')
  else cell.removeAttribute('title')
}

function RowOf<Row>(props: Rowed<Row>) {
  const { row, name, index, top, height, columns, current, chosen } = props
  const t = useWords(frameWords)
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      data-index={index}
      tabIndex={current ? 0 : -1}
      className={`dt-row${current ? ' cur' : ''}${chosen ? ' sel' : ''}`}
      style={{ transform: `translateY(${top}px)`, blockSize: height }}
      onFocus={() => props.onPoint(index)}
      onClick={event => {
        if ((event.target as HTMLElement).closest('a, button, input, label')) return
        props.onPoint(index)
        props.onOpen?.(index)
      }}
    >
      {chosen !== undefined && (
        <div role="gridcell" className="dt-cell dt-check">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={chosen}
            aria-label={t('selectRow', { name })}
            onClick={event => props.onChoose(index, event.shiftKey)}
            onChange={() => undefined}
          />
        </div>
      )}
      {columns.map(column => (
        <div
          key={column.id}
          role="gridcell"
          className={`dt-cell${column.align ? ' r' : ''}${column.wide ? ' wide' : ''}`}
          onMouseEnter={sayWhole}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  )
}

const phone = globalThis.matchMedia?.(PHONE)

const useIsPhone = (): boolean =>
  useSyncExternalStore(
    listener => {
      phone.addEventListener('change', listener)
      return () => phone.removeEventListener('change', listener)
    },
    () => phone.matches,
  )

/** A phone has no room for the least widths of a desk: there a text ends in dots. */
const shrinking = (width: string): string =>
  width.replace(/^minmax\(\d+px,/, 'minmax(0,').replace(/^\d+px$/, 'minmax(0, $&)')

/** The least that a column takes: every row must have the same width, or the columns part. */
const leastOf = (width: string): number => Number(/(\d+)px/.exec(width)?.[1] ?? 0)

const MemoRow = memo(RowOf) as typeof RowOf

type Headed<Row> = {
  columns: Column<Row>[]
  sort?: string | undefined
  onSort?: ((sort: string) => void) | undefined
  selection?: Selection | undefined
  /** Of the rows that are shown. */
  count: number
  keys: () => string[]
}

function Head<Row>({ columns, sort, onSort, selection, count, keys }: Headed<Row>) {
  const t = useWords(frameWords)
  const down = sort?.startsWith('-') ?? false
  const word = sort?.replace('-', '')
  const next = ({ sort: own, largestFirst }: Column<Row>): string => {
    const first = largestFirst ? `-${own}` : `${own}`
    if (word !== own) return first
    return down ? `${own}` : `-${own}`
  }
  const some = selection !== undefined && selection.chosen.size > 0
  return (
    <div role="row" aria-rowindex={1} className="dt-row dt-head">
      {selection && (
        <div role="columnheader" className="dt-cell dt-check">
          <input
            type="checkbox"
            checked={some}
            ref={box => {
              if (box) box.indeterminate = some && selection.chosen.size < count
            }}
            aria-label={t('selectAll')}
            onChange={() => selection.choose(some ? new Set() : new Set(keys()))}
          />
        </div>
      )}
      {columns.map(column => (
        <div
          key={column.id}
          role="columnheader"
          aria-sort={
            column.sort && word === column.sort ? (down ? 'descending' : 'ascending') : undefined
          }
          className={`dt-cell${column.align ? ' r' : ''}${column.wide ? ' wide' : ''}`}
        >
          {column.sort && onSort ? (
            <button type="button" className="dt-sort" onClick={() => onSort(next(column))}>
              {column.title}
              {word === column.sort && <Icon name={down ? 'down' : 'up'} size={11} />}
            </button>
          ) : (
            column.title
          )}
        </div>
      ))}
    </div>
  )
}

/**
 * Rows without end: only those that are seen are drawn. The server sorts and filters, the keys j and
 * k walk, x selects, Enter opens.
 */
export function DataTable<Row>(props: Tabled<Row>) {
  const { columns, rows, keyOf, selection, hasMore, onMore, onCurrent } = props
  const onPhone = useIsPhone()
  const own = props.rowHeight ?? ROW_HEIGHT
  const height = onPhone ? Math.max(own, PHONE_ROW_HEIGHT) : own
  const t = useWords(frameWords)
  const scroller = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState(0)
  const anchor = useRef(0)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height is another measure
  useEffect(() => virtual.measure(), [height])
  const seen = virtual.getVirtualItems()
  const lastSeen = seen.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && lastSeen > rows.length - MORE_BEFORE_ROWS) onMore?.()
  }, [hasMore, lastSeen, rows.length, onMore])

  const at = Math.min(current, Math.max(0, rows.length - 1))
  const pointed = rows[at]
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when the row is another one
  useEffect(() => onCurrent?.(pointed), [pointed === undefined ? '' : keyOf(pointed)])

  const walk = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to))
    setCurrent(index)
    virtual.scrollToIndex(index)
    requestAnimationFrame(() => {
      const found = scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)
      found?.focus({ preventScroll: true })
    })
  }
  const latest = useRef(props)
  latest.current = props
  const choose = useCallback((index: number, range: boolean) => {
    const { selection, rows, keyOf } = latest.current
    if (!selection) return
    const next = new Set(selection.chosen)
    const [from, to] = range
      ? [Math.min(anchor.current, index), Math.max(anchor.current, index)]
      : [index, index]
    const keys = rows.slice(from, to + 1).map(keyOf)
    const on = range || keys.some(key => !next.has(key))
    for (const key of keys) {
      if (on) next.add(key)
      else next.delete(key)
    }
    anchor.current = index
    selection.choose(next)
  }, [])
  const open = useCallback((index: number) => {
    const { rows, onOpen } = latest.current
    const row = rows[index]
    if (row !== undefined) onOpen?.(row)
  }, [])
  useKeys(t('keysTable'), [
    { keys: 'j', title: t('keyNext'), run: () => walk(at + 1) },
    { keys: 'ArrowDown', title: t('keyNext'), run: () => walk(at + 1), hidden: true },
    { keys: 'k', title: t('keyPrevious'), run: () => walk(at - 1) },
    { keys: 'ArrowUp', title: t('keyPrevious'), run: () => walk(at - 1), hidden: true },
    ...(props.onOpen ? [{ keys: 'Enter', title: t('keyOpen'), run: () => open(at) }] : []),
    ...(selection
      ? [
          { keys: 'x', title: t('keySelect'), run: () => choose(at, false) },
          { keys: 'shift+x', title: t('keySelectRange'), run: () => choose(at, true) },
        ]
      : []),
  ])

  const selectable = selection !== undefined
  const tracks = useMemo(() => {
    const own = columns.map(({ width }) => width).join(' ')
    const narrow = columns
      .filter(({ wide }) => !wide)
      .map(({ width }) => shrinking(width))
      .join(' ')
    const check = selectable ? '34px ' : ''
    const least = columns.reduce((sum, { width }) => sum + leastOf(width), selectable ? 54 : 20)
    const tracks = { '--dt-cols': check + own, '--dt-cols-phone': check + narrow }
    return { ...tracks, '--dt-least': `${least}px` } as object
  }, [columns, selectable])

  const none = rows.length === 0
  return (
    <div className={props.old ? 'dt old' : 'dt'} style={tracks}>
      <div
        ref={scroller}
        className="dt-scroll"
        role="grid"
        aria-label={props.label}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        aria-busy={props.loading}
        aria-multiselectable={selection ? true : undefined}
        tabIndex={none ? 0 : -1}
      >
        <Head
          columns={columns}
          sort={props.sort}
          onSort={props.onSort}
          selection={selection}
          count={rows.length}
          keys={() => rows.map(keyOf)}
        />
        {!none && (
          <div role="rowgroup" className="dt-body" style={{ blockSize: virtual.getTotalSize() }}>
            {seen.map(({ index, start }) => {
              const row = rows[index] as Row
              const key = keyOf(row)
              return (
                <MemoRow
                  key={key}
                  row={row}
                  name={props.nameOf?.(row) ?? key}
                  index={index}
                  top={start}
                  height={height}
                  columns={columns}
                  current={index === at}
                  chosen={selection?.chosen.has(key)}
                  onPoint={setCurrent}
                  onOpen={props.onOpen ? open : undefined}
                  onChoose={choose}
                />
              )
            })}
          </div>
        )}
      </div>
      {none && (props.loading ? <Skeleton rows={8} /> : props.empty)}
      {props.foot ??
        (!none && (
          <footer className="dt-foot">
            {t(hasMore ? 'rowsMore' : 'rowsShown', { count: rows.length })}
          </footer>
        ))}
    </div>
  )
}
