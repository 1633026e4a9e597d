import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useParam } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Refusal } from '../../parts/Answers.tsx'
import { Confirm } from '../../parts/Confirm.tsx'
import { CheckField, TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { LocationName } from '../../parts/LocationName.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { changedBySupply } from './Book.tsx'
import { Hanging, useHanging } from './Hanging.tsx'
import { Move } from './Move.tsx'
import { type Supply as Shown, SupplyState, useDaysText } from './SupplyState.tsx'
import { words } from './words.ts'

const changes = [...changedBySupply, 'transactions', 'reservations', 'overview']

const Receive = ({ supply }: { supply: Shown }) => {
  const t = useWords(words)
  const { code, open } = supply
  const [quantity, setQuantity] = useState(String(open))
  const [document, setDocument] = useState('')
  const [over, setOver] = useState(false)
  const receive = useWrite(
    (asked: { quantity: number; document: string; over: boolean }) =>
      api.POST('/v1/supply/{code}/receive', {
        params: { path: { code } },
        body: {
          quantity: asked.quantity,
          ...(asked.over && { over: true }),
          ...(asked.document && { document: asked.document }),
        },
      }),
    changes,
    { quiet: true },
  )
  const count = Number(quantity)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    receive.mutate(
      { quantity: count, document, over },
      { onSuccess: () => tell({ text: t('received', { code, count }) }) },
    )
  }
  return (
    <Panel title={t('receive')}>
      <form className="body stack" onSubmit={submit}>
        <p className="t12 mut">{t('receiveHelp')}</p>
        <TextField label={t('units')} type="number" value={quantity} onChange={setQuantity} />
        <TextField label={t('document')} value={document} onChange={setDocument} maxLength={255} />
        {count > open && (
          <CheckField checked={over} onChange={setOver}>
            {t('over')}
          </CheckField>
        )}
        {receive.error && <Refusal problem={receive.error} />}
        <div>
          <button
            type="submit"
            className="btn primary"
            disabled={!(count > 0) || receive.isPending}
          >
            {count > 0 ? t('receiveDo', { count }) : t('receive')}
          </button>
        </div>
      </form>
    </Panel>
  )
}

const History = ({ supply }: { supply: Shown }) => {
  const t = useWords(words)
  const { dateTime, whole } = useFormat()
  const daysText = useDaysText()
  type Side = NonNullable<Shown['changes']>[number]['after']
  const side = ({ expected_on: on, expected_to: to, quantity, received }: Side): string =>
    [
      ...(on && to ? [daysText(on, to)] : to ? [daysText(to, to)] : []),
      ...(quantity !== undefined ? [t('quantityWas', { count: quantity })] : []),
      ...(received !== undefined ? [t('receivedWas', { count: received })] : []),
    ].join(' · ')
  return (
    <Panel title={t('history')}>
      <ol className="versions">
        {[...(supply.changes ?? [])].reverse().map(change => (
          <li key={`${change.changed_at} ${change.what}`}>
            <p className="row">
              <b>{t(`w_${change.what}`)}</b>
              <time className="end mut t12" title={whole(change.changed_at)}>
                {dateTime(change.changed_at)}
              </time>
            </p>
            <p className="t12">
              <span className="mut">{side(change.before)}</span>
              {side(change.before) !== '' && ' → '}
              {side(change.after)}
            </p>
            {change.reason !== null && <p className="t12 mut">{change.reason}</p>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}

const Facts = ({ supply }: { supply: Shown }) => {
  const t = useWords(words)
  const { number } = useFormat()
  const daysText = useDaysText()
  const { received, quantity, expected_on: on, expected_to: to, first_expected_to: first } = supply
  return (
    <Panel title={t('about')}>
      <div className="body stack tight">
        <div className="meter" role="img" aria-label={t('receivedOf', { received, quantity })}>
          <i
            style={{ inlineSize: `${Math.min(100, (received / Math.max(1, quantity)) * 100)}%` }}
          />
        </div>
        <dl className="kv">
          <dt>{t('units')}</dt>
          <dd>{t('receivedOf', { received, quantity })}</dd>
          <dt>{t('open')}</dt>
          <dd>
            <b>{number(supply.open)}</b>
          </dd>
          <dt>{t('expected')}</dt>
          <dd>
            <b>{daysText(on, to)}</b>
          </dd>
          <dt>{t('first')}</dt>
          <dd>{daysText(first, first)}</dd>
        </dl>
      </div>
    </Panel>
  )
}

const Actions = ({ supply }: { supply: Shown }) => {
  const t = useWords(words)
  const [doing, setDoing] = useState<'move' | 'cancel' | undefined>()
  const hanging = useHanging(supply)
  const { code } = supply
  const cancel = useWrite(
    () => api.POST('/v1/supply/{code}/cancel', { params: { path: { code } }, body: {} }),
    changes,
    { quiet: true },
  )
  const run = () =>
    cancel.mutate(undefined, {
      onSuccess: () => {
        tell({ text: t('cancelled', { code }) })
        setDoing(undefined)
      },
    })
  const close = () => setDoing(undefined)
  return (
    <>
      <button type="button" className="btn" onClick={() => setDoing('move')}>
        {t('move')}
      </button>
      <button type="button" className="btn danger" onClick={() => setDoing('cancel')}>
        {t('cancel')}
      </button>
      {doing === 'move' && <Move supply={supply} hanging={hanging} onClose={close} />}
      {doing === 'cancel' && (
        <Confirm
          title={t('cancelTitle')}
          does={t('cancel')}
          busy={cancel.isPending}
          problem={cancel.error}
          onDo={run}
          onClose={close}
        >
          {t('cancelHelp')}
        </Confirm>
      )}
    </>
  )
}

const Rests = ({ supply }: { supply: Shown }) => {
  const t = useWords(words)
  const hanging = useHanging(supply)
  return (
    <Panel title={t('hangs')}>
      {hanging.length === 0 ? (
        <p className="body mut">{t('hangsNone')}</p>
      ) : (
        <Hanging promises={hanging} />
      )}
    </Panel>
  )
}

/** When does it come, and who was promised it? */
const Supply = () => {
  const code = useParam('supply')
  const t = useWords(words)
  const may = useMay('stock')
  const supply = useRead(['supply', code], signal =>
    api.GET('/v1/supply/{code}', { params: { path: { code } }, signal }),
  )
  const { data } = supply
  return (
    <Page
      title={code}
      above={[{ title: t('title'), to: '/supply' }]}
      under={
        data && (
          <>
            <SupplyState supply={data} />
            <code>{data.sku}</code> <LocationName code={data.location} />
          </>
        )
      }
      actions={may && data?.state === 'open' ? <Actions supply={data} /> : undefined}
    >
      <Answer of={supply}>
        {found => (
          <div className="cols">
            <div className="stack c8">
              <Facts supply={found} />
              <Rests supply={found} />
            </div>
            <div className="stack c4">
              {may && found.state === 'open' && <Receive key={found.open} supply={found} />}
              <History supply={found} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

export { Supply as Page }
