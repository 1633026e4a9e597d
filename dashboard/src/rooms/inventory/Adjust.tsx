import { type FormEvent, useState } from 'react'
import type { Schemas } from '../../api/client.ts'
import type { Problem } from '../../api/problem.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Segments, SelectField, TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { StatusShape } from '../../parts/Status.tsx'
import { useStockWrites } from '../../parts/stockWrites.ts'
import { words } from './words.ts'

const states = ['damaged', 'quality_control', 'set_aside'] as const
type State = 'available' | (typeof states)[number]

/** What adjusting has to know of a level. */
export type Adjustable = {
  sku: string
  location: string
  location_name?: string
  on_hand: number
  held: number
  committed: number
  damaged: number
  quality_control: number
  set_aside: number
  available: number
}

const reasons = ['count', 'damage', 'lost', 'found', 'return', 'correction'] as const
type Kind = 'change' | 'set' | 'move'

/** Accepts a true minus as well; null: no whole number. */
export const wholeOf = (text: string): number | null => {
  const plain = text.trim().replace(/^[−–]/, '-').replace(/^\+/, '')
  return /^-?\d{1,13}$/.test(plain) ? Number(plain) : null
}

type Form = { kind: Kind; units: string; reason: string; from: State; to: State }

/** How far the change goes, what it does to on hand, and whether it breaks a promise. */
const effectOf = (level: Adjustable, form: Form) => {
  const units = wholeOf(form.units)
  if (units === null) return { units: null, after: level.on_hand, short: 0 }
  const after =
    form.kind === 'set' ? units : form.kind === 'change' ? level.on_hand + units : level.on_hand
  const taken =
    level.held + level.committed + level.damaged + level.quality_control + level.set_aside
  return { units, after, short: form.kind === 'move' ? 0 : Math.max(0, taken - after) }
}

const useSaving = (level: Adjustable, onDone: () => void) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { adjust, set, move } = useStockWrites({ quiet: true })
  const loud = useStockWrites()
  const at = { sku: level.sku, location: level.location }
  const where = level.location_name ?? level.location
  const takenBack = { onSuccess: () => tell({ text: t('undone') }) }
  const changed = (before: number, after: number, reason: string) => {
    const lines = [{ ...at, quantity: before - after }]
    tell({
      text: t('adjusted', { sku: level.sku, location: where, before, after }),
      undo: () => loud.adjust.mutate({ lines, reason: t('undoReason', { reason }) }, takenBack),
    })
    onDone()
  }
  const save = (form: Form, base: number) => {
    const units = wholeOf(form.units)
    if (units === null) return
    const { reason, from, to } = form
    if (form.kind === 'move') {
      const line = { ...at, quantity: units }
      const undo = { lines: [{ ...line, from: to, to: from }] }
      const done = () => {
        tell({
          text: t('moved', { count: units, sku: level.sku, from: f(from), to: f(to) }),
          undo: () => loud.move.mutate({ ...undo, reason: t('undoReason', { reason }) }, takenBack),
        })
        onDone()
      }
      move.mutate({ lines: [{ ...line, from, to }], reason }, { onSuccess: done })
      return
    }
    if (form.kind === 'change') {
      // what two people add and take at once adds up: nothing has to be compared
      const lines = [{ ...at, quantity: units }]
      const done = (answer: Schemas['StockAnswer']) => {
        const after = onHandOf(answer) ?? base + units
        changed(after - units, after, reason)
      }
      adjust.mutate({ lines, reason }, { onSuccess: done })
      return
    }
    const lines = [{ ...at, quantity: units, state: 'on_hand' as const, change_from: base }]
    set.mutate({ lines, reason }, { onSuccess: () => changed(base, units, reason) })
  }
  const problem = set.error ?? move.error ?? adjust.error
  return { save, problem, busy: set.isPending || move.isPending || adjust.isPending }
}

/** What a compare-and-set that came too late says the counter is now. */
const nowOf = (problem: Problem | null): number | undefined => {
  const is = problem?.code === 'stale_quantity' ? problem.facts['is'] : undefined
  return typeof is === 'number' ? is : undefined
}

const onHandOf = ({ lines: [line] }: Schemas['StockAnswer']): number | undefined =>
  line !== undefined && 'on_hand' in line ? line.on_hand : undefined

const Faster = (props: { before: number; now: number; onApply: () => void }) => {
  const t = useWords(words)
  const { before, now, onApply } = props
  return (
    <div className="note warn" role="alert">
      <StatusShape shape="triangle" size={15} />
      <div className="grow">
        <b>{t('faster')}</b>
        <p className="t12">{t('fasterHelp', { before, now })}</p>
        <button type="button" className="btn sm" onClick={onApply}>
          {t('fasterDo', { now })}
        </button>
      </div>
    </div>
  )
}

const Delta = ({ level, form }: { level: Adjustable; form: Form }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { number } = useFormat()
  const { after } = effectOf(level, form)
  const units = wholeOf(form.units) ?? 0
  const available =
    form.kind === 'move'
      ? level.available +
        (form.to === 'available' ? units : 0) -
        (form.from === 'available' ? units : 0)
      : level.available + after - level.on_hand
  return (
    <div className="delta">
      <span>{f('onHand')}</span>
      <span>{number(level.on_hand)}</span>
      <span className="mut">→</span>
      <span className="to">{number(after)}</span>
      <span>{f('available')}</span>
      <span>{number(level.available)}</span>
      <span className="mut">→</span>
      <span className="to">{number(available)}</span>
      <span className="mut">{t('promised')}</span>
      <span className="mut">{number(level.held + level.committed)}</span>
      <span />
      <span />
    </div>
  )
}

const MoveFields = ({ form, onChange }: { form: Form; onChange: (form: Form) => void }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const options = (['available', ...states] as const).map(value => ({ value, title: f(value) }))
  return (
    <div className="fields">
      <SelectField
        label={t('fromState')}
        value={form.from}
        options={options}
        onChange={from => onChange({ ...form, from })}
      />
      <SelectField
        label={t('intoState')}
        value={form.to}
        options={options}
        onChange={to => onChange({ ...form, to })}
      />
    </div>
  )
}

const useButton = (form: Form, units: number | null): string => {
  const t = useWords(words)
  if (units === null) return t('adjust')
  if (form.kind === 'move') return t('doMove', { count: units })
  if (form.kind === 'set') return t('doSet', { count: units })
  return units < 0 ? t('doRemove', { count: -units }) : t('doAdd', { count: units })
}

/** Changes a quantity in its place: with a reason, and what it was and will be. */
export const Adjust = ({ level, onDone }: { level: Adjustable; onDone: () => void }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [base, setBase] = useState(level.on_hand)
  const [form, setForm] = useState<Form>({
    kind: 'change',
    units: '',
    reason: '',
    from: 'available',
    to: 'damaged',
  })
  const { save, problem, busy } = useSaving(level, onDone)
  const { units, after, short } = effectOf(level, form)
  const now = nowOf(problem)
  const typed = form.units.trim() !== ''
  const wrong = typed && units === null ? t('wholeNumber') : undefined
  const below = units !== null && after < 0 ? t('tooMany', { count: level.on_hand }) : undefined
  const nothing = units === 0 && form.kind !== 'set'
  const ready = units !== null && !nothing && form.reason.trim() !== '' && after >= 0
  const button = useButton(form, units)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready) save(form, base)
  }
  return (
    <form
      onSubmit={submit}
      onKeyDown={event => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
      }}
    >
      <h3>
        {t('adjustTitle', { sku: level.sku, location: level.location_name ?? level.location })}
      </h3>
      <Segments
        label={t('adjust')}
        value={form.kind}
        onChange={kind => setForm({ ...form, kind })}
        options={(['change', 'set', 'move'] as const).map(value => ({
          value,
          title: t(`kind_${value}`),
        }))}
      />
      <TextField
        label={form.kind === 'set' ? t('setTo') : t('howMuch')}
        value={form.units}
        onChange={text => setForm({ ...form, units: text })}
        error={wrong ?? below}
        autoFocus
        maxLength={14}
      />
      {form.kind === 'move' && <MoveFields form={form} onChange={setForm} />}
      <TextField
        label={f('reason')}
        value={form.reason}
        onChange={reason => setForm({ ...form, reason })}
        list={reasons.map(reason => t(`reason_${reason}`))}
        help={t('reasonNeeded')}
        maxLength={255}
        required
      />
      <Delta level={level} form={form} />
      {short > 0 && units !== null && (
        <div className="note warn">
          <StatusShape shape="triangle" size={15} />
          <p className="grow">{t('willShort', { count: short })}</p>
        </div>
      )}
      {now !== undefined && (
        <Faster
          before={base}
          now={now}
          onApply={() => {
            setBase(now)
            save(form, now)
          }}
        />
      )}
      {problem && now === undefined && <Refusal problem={problem} />}
      <div className="foot">
        <button type="submit" className="btn primary" disabled={busy || !ready}>
          {button}
        </button>
        <button type="button" className="btn ghost" onClick={onDone}>
          {f('cancel')}
        </button>
      </div>
    </form>
  )
}
