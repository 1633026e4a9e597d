import { Link } from '@tanstack/react-router'
import { type DragEvent, useMemo, useRef, useState } from 'react'
import { useWords } from '../../frame/words.ts'
import { ErrorPanel } from '../../parts/Answers.tsx'
import { saveFile } from '../../parts/csv.ts'
import { SelectField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { useLocations } from '../../parts/LocationName.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { Status } from '../../parts/Status.tsx'
import {
  type Checked,
  check,
  guess,
  isGood,
  type Mapping,
  needed,
  type OwnColumn,
  ownColumns,
  ownFile,
  type Parsed,
  parseFile,
  rejectsFile,
} from './importFile.ts'
import { type Report, useImport } from './importRun.ts'
import { Preview } from './Preview.tsx'
import { words } from './words.ts'

const TEMPLATE =
  'sku,location,on_hand,product,barcode,unit,committed,damaged,quality_control,set_aside,safety_stock\n' +
  'TEE-M-BLUE,berlin,24,basic-tee,4006381333931,each,0,0,0,0,2\n'

const steps = ['stepFile', 'stepColumns', 'stepPreview', 'stepDone'] as const
type Step = (typeof steps)[number]

const Steps = ({ at }: { at: Step }) => {
  const t = useWords(words)
  return (
    <ol className="steps">
      {steps.map((step, n) => (
        <li key={step} aria-current={step === at ? 'step' : undefined}>
          <span>{n + 1}</span>
          {t(step)}
        </li>
      ))}
    </ol>
  )
}

const Choose = ({ onFile }: { onFile: (file: File) => void }) => {
  const t = useWords(words)
  const field = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file) onFile(file)
  }
  return (
    <Panel>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button does the same */}
      <div
        className={over ? 'drop over' : 'drop'}
        onDragOver={event => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Icon name="importUp" size={28} />
        <h3>{t('drop')}</h3>
        <p className="mut">{t('dropHelp')}</p>
        <div className="row wrap">
          <button type="button" className="btn primary" onClick={() => field.current?.click()}>
            {t('choose')}
          </button>
          <button
            type="button"
            className="btn"
            onClick={() => saveFile('holdfast-template.csv', TEMPLATE, 'text/csv')}
          >
            <Icon name="exportDown" size={14} />
            {t('template')}
          </button>
        </div>
        <input
          ref={field}
          type="file"
          accept=".csv,text/csv"
          className="vh"
          tabIndex={-1}
          aria-label={t('choose')}
          onChange={event => {
            const [file] = event.target.files ?? []
            if (file) onFile(file)
          }}
        />
      </div>
    </Panel>
  )
}

type Mapped = {
  parsed: Parsed
  mapping: Mapping
  onMap: (mapping: Mapping) => void
  onNext: () => void
}

const Columns = ({ parsed, mapping, onMap, onNext }: Mapped) => {
  const t = useWords(words)
  const { data } = useLocations()
  const places = data?.data ?? []
  const complete = needed.every(column => mapping[column])
  const optionsOf = (column: OwnColumn) => [
    { value: '', title: t('notInFile') },
    ...parsed.header.map(name => ({ value: name, title: name })),
    ...(column === 'location'
      ? places.map(({ code, name }) => ({
          value: `=${code}`,
          title: t('sameLocation', { location: name }),
        }))
      : []),
  ]
  return (
    <Panel title={parsed.name} sub={t('fileRows', { count: parsed.rows.length })}>
      <div className="body stack">
        {parsed.known ? (
          <Status shape="tick" tone="ok">
            {t(`known_${parsed.known}`)}
          </Status>
        ) : (
          <>
            <p className="mut">{t('mapHelp')}</p>
            <div className="fields map">
              {ownColumns.map(column => (
                <SelectField
                  key={column}
                  label={`${t(`col_${column}`)}${needed.includes(column) ? ' *' : ''}`}
                  value={mapping[column] ?? ''}
                  options={optionsOf(column)}
                  onChange={name => onMap({ ...mapping, [column]: name })}
                />
              ))}
            </div>
          </>
        )}
        <div className="row">
          <button
            type="button"
            className="btn primary"
            disabled={!complete && !parsed.known}
            onClick={onNext}
          >
            {t('toPreview')}
          </button>
          {!complete && !parsed.known && <span className="t12 mut">{t('needsColumns')}</span>}
        </div>
      </div>
    </Panel>
  )
}

type Finished = { report: Report; parsed: Parsed; rejects: { line: number; reason: string }[] }

const Done = ({ report, parsed, rejects }: Finished) => {
  const t = useWords(words)
  return (
    <Panel>
      <div className="empty">
        <Status shape="tick" tone="ok">
          {t('done', { count: report.imported })}
        </Status>
        {rejects.length > 0 && (
          <Status shape="triangle" tone="warn">
            {t('rejected', { count: rejects.length })}
          </Status>
        )}
        <div className="act">
          <Link className="btn primary" to="/inventory">
            {t('toInventory')}
          </Link>
          {rejects.length > 0 && (
            <button
              type="button"
              className="btn"
              onClick={() =>
                saveFile(
                  `${parsed.name.replace(/\.csv$/i, '')}.rejects.csv`,
                  rejectsFile(parsed, rejects),
                  'text/csv',
                )
              }
            >
              <Icon name="exportDown" size={14} />
              {t('downloadRejects')}
            </button>
          )}
        </div>
      </div>
    </Panel>
  )
}

const NONE: ReadonlySet<string> = new Set()

/** What was chosen, mapped and looked at so far. */
const useSteps = () => {
  const t = useWords(words)
  const { labelled, sentences } = useFormat()
  const [step, setStep] = useState<Step>('stepFile')
  const [parsed, setParsed] = useState<Parsed>()
  const [unreadable, setUnreadable] = useState(false)
  const [mapping, setMapping] = useState<Mapping>({})
  const { data } = useLocations()
  const { look, run, rowsDone } = useImport()
  const known = useMemo(() => (data ? new Set(data.data.map(({ code }) => code)) : NONE), [data])
  const checked = useMemo(
    (): Checked[] => (parsed && !parsed.known ? check(parsed, mapping, known) : []),
    [parsed, mapping, known],
  )
  const open = async (file: File) => {
    const found = await parseFile(file)
    setUnreadable(found === null)
    if (found === null) return
    setParsed(found)
    setMapping(guess(found.header))
    setStep('stepColumns')
  }
  const fileOf = (again?: boolean) => ({
    name: parsed?.name ?? '',
    text: parsed?.known ? parsed.text : ownFile(checked, mapping),
    format: parsed?.known ?? ('holdfast' as const),
    ...(again ? { again } : {}),
  })
  const bad = checked.filter(row => !isGood(row))
  const own = bad.map(({ line, errors }) => ({
    line,
    reason: sentences(
      Object.entries(errors).map(([column, found]) =>
        labelled(column, t(found.error, { row: found.row ?? 0 })),
      ),
    ),
  }))
  return {
    ...{ step, setStep, parsed, unreadable, mapping, setMapping, checked, look, run, rowsDone },
    open,
    preview: () => {
      setStep('stepPreview')
      if (parsed?.known || checked.some(isGood)) look.mutate(fileOf())
    },
    start: (again?: boolean) => run.mutate(fileOf(again), { onSuccess: () => setStep('stepDone') }),
    rejects: [...own, ...(parsed?.known ? (run.data?.rejects ?? []) : [])],
    restart: () => {
      setStep('stepFile')
      look.reset()
      run.reset()
    },
  }
}

/** A file in: columns mapped, every cell looked at, then imported. */
const ImportPage = () => {
  const t = useWords(words)
  const at = useSteps()
  const { step, parsed } = at
  return (
    <Page
      title={t('importTitle')}
      under={t('importUnder')}
      above={[{ title: t('title'), to: '/inventory' }]}
      actions={
        step !== 'stepFile' && (
          <button type="button" className="btn" onClick={at.restart}>
            {t('another')}
          </button>
        )
      }
    >
      <Steps at={step} />
      {step === 'stepFile' && <Choose onFile={at.open} />}
      {step === 'stepFile' && at.unreadable && (
        <div className="note danger" role="alert">
          <Icon name="warning" size={15} />
          <div>
            <b>{t('unreadable')}</b>
            <p className="t12">{t('unreadableHelp')}</p>
          </div>
        </div>
      )}
      {step === 'stepColumns' && parsed && (
        <Columns parsed={parsed} mapping={at.mapping} onMap={at.setMapping} onNext={at.preview} />
      )}
      {step === 'stepPreview' && parsed && (
        <Preview
          parsed={parsed}
          checked={at.checked}
          mapping={at.mapping}
          look={at.look}
          running={at.run.isPending}
          rowsDone={at.rowsDone}
          onImport={at.start}
        />
      )}
      {step === 'stepPreview' && at.run.error && <ErrorPanel problem={at.run.error} />}
      {step === 'stepDone' && parsed && at.run.data && (
        <Done report={at.run.data} parsed={parsed} rejects={at.rejects} />
      )}
    </Page>
  )
}

export { ImportPage as Page }
