import { useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { sayRefusal } from '../../parts/problems/useProblemText.ts'
import { useStockWrites } from '../../parts/stockWrites.ts'
import { wholeOf } from './Adjust.tsx'
import type { Row } from './reads.ts'
import { words } from './words.ts'

/** `onDone` is given the rows that could not be changed: they stay chosen. */
type Done = { rows: Row[]; onDone: (left?: Row[]) => void; onClose: () => void }
type StockAnswer = Schemas['StockAnswer']

/** Of those that were refused, so many are named. */
const NAMED_MAX = 5

const states = ['available', 'damaged', 'quality_control', 'set_aside'] as const
type State = (typeof states)[number]

/** Says how many were changed and why the others were not. */
const useReport = () => {
  const t = useWords(words)
  const { joined } = useFormat()
  return (rows: Row[], answer: StockAnswer, undo: (refused: Set<number>) => void): Row[] => {
    const refusals = answer.lines.flatMap((line, at) =>
      'refusal' in line && line.refusal ? [{ at, refusal: line.refusal }] : [],
    )
    const refused = new Set(refusals.map(({ at }) => at))
    const done = answer.lines.length - refused.size
    if (done > 0) tell({ text: t('bulkDone', { count: done }), undo: () => undo(refused) })
    const [first] = refusals
    const left = rows.filter((_, at) => refused.has(at))
    if (first) {
      const names = joined(left.slice(0, NAMED_MAX).map(({ sku }) => sku))
      const count = refusals.length
      sayRefusal(first.refusal).then(why =>
        tell({ text: t('bulkRefused', { count, names, why }), bad: true }),
      )
    }
    return left
  }
}

const BulkAdjust = ({ rows, onDone, onClose }: Done) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const { adjust } = useStockWrites({ quiet: true })
  const loud = useStockWrites()
  const report = useReport()
  const units = wholeOf(text)
  const ready = units !== null && units !== 0 && reason.trim() !== ''
  const submit = () => {
    if (!ready) return
    const lines = rows.map(({ sku, location }) => ({ sku, location, quantity: units }))
    const undo = (refused: Set<number>) => {
      const back = lines
        .filter((_, at) => !refused.has(at))
        .map(line => ({ ...line, quantity: -units }))
      loud.adjust.mutate(
        { lines: back, reason: t('undoReason', { reason }), mode: 'each' },
        { onSuccess: () => tell({ text: t('undone') }) },
      )
    }
    adjust.mutate(
      { lines, reason, mode: 'each' },
      {
        onSuccess: answer => {
          onDone(report(rows, answer, undo))
        },
      },
    )
  }
  return (
    <Dialog
      title={t('bulkTitle', { count: rows.length })}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot
          does={
            units === null || units === 0
              ? t('adjust')
              : units < 0
                ? t('doRemove', { count: -units })
                : t('doAdd', { count: units })
          }
          ready={ready}
          busy={adjust.isPending}
          onClose={onClose}
        />
      }
    >
      <TextField label={t('eachBy')} value={text} onChange={setText} autoFocus maxLength={14} />
      <TextField label={f('reason')} value={reason} onChange={setReason} maxLength={255} required />
      <p className="t12 mut">{t('eachHelp')}</p>
      {adjust.error && <Refusal problem={adjust.error} />}
    </Dialog>
  )
}

const BulkMove = ({ rows, onDone, onClose }: Done) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const [from, setFrom] = useState<State>('available')
  const [to, setTo] = useState<State>('damaged')
  const { move } = useStockWrites({ quiet: true })
  const loud = useStockWrites()
  const report = useReport()
  const units = wholeOf(text)
  const ready = units !== null && units > 0 && from !== to && reason.trim() !== ''
  const options = states.map(value => ({ value, title: f(value) }))
  const submit = () => {
    if (!ready) return
    const lines = rows.map(({ sku, location }) => ({ sku, location, quantity: units, from, to }))
    const undo = (refused: Set<number>) => {
      const back = lines
        .filter((_, at) => !refused.has(at))
        .map(line => ({ ...line, from: to, to: from }))
      loud.move.mutate(
        { lines: back, reason: t('undoReason', { reason }), mode: 'each' },
        { onSuccess: () => tell({ text: t('undone') }) },
      )
    }
    move.mutate(
      { lines, reason, mode: 'each' },
      {
        onSuccess: answer => {
          onDone(report(rows, answer, undo))
        },
      },
    )
  }
  return (
    <Dialog
      title={t('bulkMoveTitle', { count: rows.length })}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot
          does={units !== null && units > 0 ? t('doMove', { count: units }) : t('bulkMove')}
          ready={ready}
          busy={move.isPending}
          onClose={onClose}
        />
      }
    >
      <TextField label={f('quantity')} value={text} onChange={setText} autoFocus maxLength={14} />
      <div className="fields">
        <SelectField label={t('fromState')} value={from} options={options} onChange={setFrom} />
        <SelectField label={t('intoState')} value={to} options={options} onChange={setTo} />
      </div>
      <TextField label={f('reason')} value={reason} onChange={setReason} maxLength={255} required />
      <p className="t12 mut">{t('eachHelp')}</p>
      {move.error && <Refusal problem={move.error} />}
    </Dialog>
  )
}

const policyFields = [
  'backorder_mode',
  'backorder_cap',
  'safety_stock',
  'low_stock_threshold',
  'hold_seconds',
] as const
type PolicyField = (typeof policyFields)[number]
const modes = ['deny', 'allow', 'notify', 'pre_order', 'made_to_order'] as const

const BulkPolicy = ({ rows, onDone, onClose }: Done) => {
  const t = useWords(words)
  const [field, setField] = useState<PolicyField>('backorder_mode')
  const [value, setValue] = useState<string>('deny')
  const skus = [...new Set(rows.map(({ sku }) => sku))]
  const isMode = field === 'backorder_mode'
  const units = wholeOf(value)
  const ready = isMode || (units !== null && units >= 0)
  const set = useWrite(
    () => {
      const fields = { [field]: isMode ? value : units }
      return api.POST('/v1/policies/set', { body: { rules: skus.map(sku => ({ sku, fields })) } })
    },
    ['policies', 'inventory', 'levels'],
    { quiet: true },
  )
  const submit = () => {
    if (!ready) return
    set.mutate(undefined, {
      onSuccess: () => {
        tell({ text: t('policyDone', { count: skus.length }) })
        onDone()
      },
    })
  }
  return (
    <Dialog
      title={t('bulkPolicyTitle', { count: skus.length })}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot does={t('bulkPolicy')} ready={ready} busy={set.isPending} onClose={onClose} />
      }
    >
      <SelectField
        label={t('policyField')}
        value={field}
        options={policyFields.map(each => ({ value: each, title: t(`field_${each}`) }))}
        onChange={next => {
          setField(next)
          setValue(next === 'backorder_mode' ? 'deny' : '')
        }}
      />
      {isMode ? (
        <SelectField
          label={t('policyValue')}
          value={value}
          options={modes.map(each => ({ value: each as string, title: t(`mode_${each}`) }))}
          onChange={setValue}
        />
      ) : (
        <TextField label={t('policyValue')} value={value} onChange={setValue} maxLength={13} />
      )}
      {set.error && <Refusal problem={set.error} />}
    </Dialog>
  )
}

const dialogs = { adjust: BulkAdjust, move: BulkMove, policy: BulkPolicy }

/** What can be done with the chosen rows; it takes the foot's place. */
export const Bulk = ({ rows, onDone }: Pick<Done, 'rows' | 'onDone'>) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [opened, setOpened] = useState<keyof typeof dialogs>()
  const Opened = opened && dialogs[opened]
  const finish = (left?: Row[]) => {
    setOpened(undefined)
    onDone(left)
  }
  return (
    <footer className="bulk">
      <b>{f('selected', { count: rows.length })}</b>
      <button type="button" className="btn sm" onClick={() => setOpened('adjust')}>
        {t('bulkAdjust')}
      </button>
      <button type="button" className="btn sm" onClick={() => setOpened('move')}>
        {t('bulkMove')}
      </button>
      <button type="button" className="btn sm" onClick={() => setOpened('policy')}>
        {t('bulkPolicy')}
      </button>
      <button type="button" className="btn ghost sm end" onClick={() => onDone()}>
        <Icon name="cross" size={11} />
        {t('bulkClear')}
      </button>
      {Opened && <Opened rows={rows} onDone={finish} onClose={() => setOpened(undefined)} />}
    </footer>
  )
}
