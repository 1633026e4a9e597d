import { useMemo, useState } from 'react'
import type { Problem } from '../../api/problem.ts'
import { useWords } from '../../frame/words.ts'
import { ErrorPanel, Skeleton } from '../../parts/Answers.tsx'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { CheckField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { Panel } from '../../parts/Page.tsx'
import { Status } from '../../parts/Status.tsx'
import { type Checked, isGood, type Mapping, ownColumns, type Parsed } from './importFile.ts'
import type { Report } from './importRun.ts'
import { words } from './words.ts'

type Previewed = {
  parsed: Parsed
  checked: Checked[]
  mapping: Mapping
  look: { data?: Report | undefined; error: Problem | null; isPending: boolean }
  running: boolean
  rowsDone: number
  onImport: (again?: boolean) => void
}

/** Of the locations that an import makes, so many are named. */
const NAMED_MAX = 5

const Cell = ({ row, column }: { row: Checked; column: (typeof ownColumns)[number] }) => {
  const t = useWords(words)
  const found = row.errors[column]
  const cell = row.cells[column] ?? ''
  if (found) {
    return (
      <div className="two cell-bad" title={t(found.error, { row: found.row ?? 0 })}>
        <span>{cell === '' ? '–' : cell}</span>
        <Status shape="octagon" tone="danger">
          {t(found.error, { row: found.row ?? 0 })}
        </Status>
      </div>
    )
  }
  if (column === 'location' && row.newLocation) {
    return (
      <div className="two">
        <span>{cell}</span>
        <Status shape="diamond" tone="acc">
          {t('cellUnknown')}
        </Status>
      </div>
    )
  }
  return cell
}

const Rows = ({ checked, mapping }: { checked: Checked[]; mapping: Mapping }) => {
  const t = useWords(words)
  const bad = checked.some(row => !isGood(row))
  const [onlyBad, setOnlyBad] = useState(bad)
  const columns = useMemo((): Column<Checked>[] => {
    const own = ownColumns
      .filter(column => mapping[column])
      .map(
        (column): Column<Checked> => ({
          id: column,
          title: t(`col_${column}`),
          width: 'minmax(130px, 1fr)',
          cell: row => <Cell row={row} column={column} />,
        }),
      )
    const line: Column<Checked> = {
      id: 'line',
      title: t('rowN'),
      width: '70px',
      cell: row => <span className="mut">{row.line}</span>,
    }
    return [line, ...own]
  }, [mapping, t])
  const rows = onlyBad ? checked.filter(row => !isGood(row)) : checked
  return (
    <Panel className="flush preview">
      <div className="tool">
        <CheckField checked={onlyBad} onChange={setOnlyBad}>
          {t('onlyBad')}
        </CheckField>
      </div>
      <DataTable
        label={t('stepPreview')}
        columns={columns}
        rows={rows}
        keyOf={row => String(row.line)}
      />
    </Panel>
  )
}

const Reported = ({ report }: { report: Report }) => {
  const t = useWords(words)
  return (
    <div className="row wrap">
      <Status shape="in">{t('reportLevels', { count: report.levels_changed })}</Status>
      {report.skus > 0 && (
        <Status shape="diamond">{t('reportSkus', { count: report.skus })}</Status>
      )}
      {report.shortage_units > 0 && (
        <Status shape="octagon" tone="danger">
          {t('reportShort', { count: report.shortage_units })}
        </Status>
      )}
      {report.unprotected > 0 && (
        <Status shape="triangle" tone="warn">
          {t('reportUnprotected', { count: report.unprotected })}
        </Status>
      )}
    </div>
  )
}

/** What nobody may have meant: a location that is new, and what is below zero. */
const Doubts = ({ checked }: { checked: Checked[] }) => {
  const t = useWords(words)
  const { joined } = useFormat()
  const good = checked.filter(isGood)
  const made = new Set(good.filter(row => row.newLocation).map(row => row.cells.location ?? ''))
  const below = good.filter(row => row.cells.on_hand?.startsWith('-')).length
  return (
    <>
      {made.size > 0 && (
        <Status shape="diamond" tone="warn">
          {t('makesLocations', { count: made.size, names: joined([...made].slice(0, NAMED_MAX)) })}
        </Status>
      )}
      {below > 0 && (
        <Status shape="triangle" tone="warn">
          {t('belowZero', { count: below })}
        </Status>
      )}
    </>
  )
}

/** What the import would do, row by row and in sum; nothing is written yet. */
export const Preview = (props: Previewed) => {
  const { parsed, checked, mapping, look, running, rowsDone, onImport } = props
  const t = useWords(words)
  const good = parsed.known ? (look.data?.imported ?? 0) : checked.filter(isGood).length
  const bad = parsed.known ? (look.data?.rejected ?? 0) : checked.length - good
  const already = look.data?.already_imported === true
  if (look.error) return <ErrorPanel problem={look.error} />
  return (
    <>
      <Panel>
        <div className="body stack padded">
          <div className="row wrap">
            <Status shape="tick" tone="ok">
              {t('previewGood', { count: good })}
            </Status>
            {bad > 0 && (
              <Status shape="octagon" tone="danger">
                {t('previewBad', { count: bad })}
              </Status>
            )}
            {!parsed.known && <Doubts checked={checked} />}
          </div>
          {look.isPending && (
            <>
              <p className="mut">{t('looking')}</p>
              <Skeleton rows={2} />
            </>
          )}
          {look.data && <Reported report={look.data} />}
          {look.data?.notes.map(note => (
            <p key={note} className="t12 mut">
              {note}
            </p>
          ))}
          {already && <p className="t12">{t('already')}</p>}
          <div className="row">
            <button
              type="button"
              className="btn primary"
              disabled={running || good === 0}
              aria-busy={running}
              onClick={() => onImport(already)}
            >
              {running
                ? t('importing', { count: rowsDone, total: good })
                : already
                  ? t('again')
                  : t('doImport', { count: good })}
            </button>
            {running && <progress max={good} value={rowsDone} />}
          </div>
          {parsed.known &&
            look.data?.rejects.map(({ line, reason }) => (
              <p key={`${line} ${reason}`} className="t12 danger">
                {t('rowN')} {line}: {reason}
              </p>
            ))}
        </div>
      </Panel>
      {!parsed.known && <Rows checked={checked} mapping={mapping} />}
    </>
  )
}
