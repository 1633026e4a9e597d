import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api, type Level } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Refusal } from '../../parts/Answers.tsx'
import { Dialog } from '../../parts/Dialog.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { useLocationNames, useLocations } from '../../parts/LocationName.tsx'
import { Changes, Reference, Verb } from '../../parts/Movement.tsx'
import { SkuField } from '../../parts/SkuField.tsx'
import { Status, StatusShape } from '../../parts/Status.tsx'
import { wholeOf } from '../inventory/Adjust.tsx'
import { words } from './words.ts'

const LAST = 6
type Question = { sku: string; location: string; quantity: number }

const useSold = ({ sku, location }: Question) =>
  useRead(['levels', 'availability', sku, location], signal =>
    api.GET('/v1/availability', {
      params: { query: { sku: [sku], ...(location ? { location } : {}) } },
      signal,
    }),
  )

const useLevelsOf = ({ sku, location }: Question) =>
  useRead(['levels', 'explained', sku, location], signal =>
    api.GET('/v1/levels', {
      params: { query: { sku, limit: 250, ...(location ? { location } : {}) } },
      signal,
    }),
  )

const useNextEnd = ({ sku, location }: Question): string | undefined => {
  const { data } = useRead(['reservations', 'held', 'next', sku, location], signal =>
    api.GET('/v1/reservations', {
      params: { query: { sku, state: 'held', limit: 100, ...(location ? { location } : {}) } },
      signal,
    }),
  )
  const ends = (data?.data ?? []).flatMap(({ expires_at }) => (expires_at ? [expires_at] : []))
  return ends.sort()[0]
}

const sum = (levels: Level[], of: (level: Level) => number): number =>
  levels.reduce((all, level) => all + of(level), 0)

const Reasons = ({ levels }: { levels: Level[] }) => {
  const t = useWords(words)
  const held = sum(levels, level => level.held - level.overdue)
  const committed = sum(levels, level => level.committed)
  const unavailable = sum(levels, level => level.unavailable)
  const kept = sum(levels, level =>
    Math.max(0, Math.min(level.available, level.available - (level.sellable ?? level.available))),
  )
  return (
    <ul className="why">
      <li>{t('whyOnHand', { count: sum(levels, level => level.on_hand) })}</li>
      {committed > 0 && (
        <li>
          <i className="sb-c" /> {t('whyCommitted', { count: committed })}
        </li>
      )}
      {held > 0 && (
        <li>
          <i className="sb-h" /> {t('whyHeld', { count: held })}
        </li>
      )}
      {unavailable > 0 && (
        <li>
          <i className="sb-u" /> {t('whyUnavailable', { count: unavailable })}
        </li>
      )}
      {kept > 0 && <li>{t('whySafety', { count: kept })}</li>}
    </ul>
  )
}

const Elsewhere = ({ question }: { question: Question }) => {
  const t = useWords(words)
  const { number, joined, labelled } = useFormat()
  const nameOf = useLocationNames()
  const all = useSold({ ...question, location: '' })
  const [found] = all.data?.data ?? []
  const others = (found?.locations ?? []).filter(
    ({ location, sellable }) => location !== question.location && sellable > 0,
  )
  if (question.location === '' || others.length === 0) return null
  return (
    <p>
      {labelled(t('whereElse'))}
      {joined(others.map(({ location, sellable }) => `${nameOf(location)} ${number(sellable)}`))}
    </p>
  )
}

const Last = ({ question }: { question: Question }) => {
  const t = useWords(words)
  const { exact } = useFormat()
  const { sku, location } = question
  const moves = useRead(['transactions', 'explained', sku, location], signal =>
    api.GET('/v1/transactions', {
      params: { query: { sku, limit: LAST, ...(location ? { location } : {}) } },
      signal,
    }),
  )
  return (
    <section>
      <h3>{t('lastHappened')}</h3>
      <ol className="last">
        {(moves.data?.data ?? []).map(movement => (
          <li key={`${movement.location} ${movement.version} ${movement.recorded_at}`}>
            <span className="mut t12">{exact(movement.recorded_at)}</span>
            <Verb kind={movement.kind} />
            <span className="row wrap">
              <Changes movement={movement} />
            </span>
            <span className="mut t12">
              <Reference movement={movement} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const Explained = ({ question }: { question: Question }) => {
  const t = useWords(words)
  const { ago } = useFormat()
  const sold = useSold(question)
  const levels = useLevelsOf(question)
  const next = useNextEnd(question)
  return (
    <Answer of={sold} rows={3}>
      {({ data: [found] }) => {
        if (found === undefined) return null
        if (!found.tracked) {
          return (
            <Status shape="tick" tone="ok">
              {t('notTracked')}
            </Status>
          )
        }
        const free = found.sellable ?? 0
        const granted = free >= question.quantity
        return (
          <>
            <div className={granted ? 'note ok' : 'note danger'} role="status">
              <StatusShape shape={granted ? 'tick' : 'octagon'} size={15} />
              <div className="grow">
                <b>
                  {granted
                    ? t('wouldBeGranted')
                    : t('wouldBeRefused', { available: free, asked: question.quantity })}
                </b>
                {granted && <p>{t('wouldBeGrantedHelp', { count: free })}</p>}
                {!granted && (
                  <>
                    <Elsewhere question={question} />
                    <p>{next ? t('whenNext', { when: ago(next) }) : t('whenNever')}</p>
                  </>
                )}
              </div>
            </div>
            <section>
              <h3>
                {t('why')}{' '}
                <Link className="t12" to="/skus/$sku" params={{ sku: found.sku } as never}>
                  {found.sku}
                </Link>
              </h3>
              <Answer of={levels} rows={2}>
                {({ data }) => <Reasons levels={data} />}
              </Answer>
            </section>
            <Last question={question} />
          </>
        )
      }}
    </Answer>
  )
}

/** Asks the same question again, without reserving: what would be decided now, and why. */
export const Explain = ({ onClose }: { onClose: () => void }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { data } = useLocations()
  const [form, setForm] = useState({ sku: '', location: '', units: '1' })
  const [question, setQuestion] = useState<Question>()
  const quantity = wholeOf(form.units)
  const ready = form.sku.trim() !== '' && quantity !== null && quantity > 0
  const ask = (event?: FormEvent) => {
    event?.preventDefault()
    if (!ready || quantity === null) return
    setQuestion({ sku: form.sku.trim(), location: form.location, quantity })
  }
  const found = useRead(
    ['skus', question?.sku ?? ''],
    signal =>
      api.GET('/v1/skus/{code}', { params: { path: { code: question?.sku ?? '' } }, signal }),
    { enabled: question !== undefined },
  )
  return (
    <Dialog
      title={t('explainTitle')}
      onClose={onClose}
      onSubmit={ask}
      size={620}
      foot={
        <button type="submit" className="btn primary" disabled={!ready}>
          {t('explainDo')}
        </button>
      }
    >
      <p className="mut">{t('explainHelp')}</p>
      <SkuField
        label={t('holdSku')}
        value={form.sku}
        onChange={sku => setForm({ ...form, sku })}
        autoFocus
      />
      <div className="fields">
        <TextField
          label={f('quantity')}
          value={form.units}
          onChange={units => setForm({ ...form, units })}
          maxLength={13}
        />
        <SelectField
          label={t('holdWhere')}
          value={form.location}
          options={[
            { value: '', title: t('holdAnywhere') },
            ...(data?.data ?? []).map(({ code, name }) => ({ value: code, title: name })),
          ]}
          onChange={location => setForm({ ...form, location })}
        />
      </div>
      {found.error && <Refusal problem={found.error} />}
      {question && found.data && <Explained key={JSON.stringify(question)} question={question} />}
    </Dialog>
  )
}
