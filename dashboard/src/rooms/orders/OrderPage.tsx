import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { Reservation } from '../../api/client.ts'
import { useParam } from '../../frame/address.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { LocationName } from '../../parts/LocationName.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { Status } from '../../parts/Status.tsx'
import { wholeOf } from '../inventory/Adjust.tsx'
import { Refused } from '../reservations/Refused.tsx'
import { calledOf, useReservation } from '../reservations/reads.ts'
import { type Line, outOf, toShip, useShipping } from './reads.ts'
import { words } from './words.ts'

const keyOf = ({ line, part }: Line): string => `${line}.${part}`

/** Per line a number of units, none at first or all that is open. */
const useUnits = (lines: Line[], most: (line: Line) => number, full: boolean) => {
  const [texts, setTexts] = useState<Record<string, string>>({})
  const textOf = (line: Line) => texts[keyOf(line)] ?? String(full ? most(line) : 0)
  const parts = lines.flatMap(line => {
    const quantity = wholeOf(textOf(line))
    return quantity === null || quantity <= 0
      ? []
      : [{ sku: line.sku, location: line.location, quantity }]
  })
  const wrong = lines.some(line => {
    const units = wholeOf(textOf(line))
    return units === null || units < 0 || units > most(line)
  })
  return {
    textOf,
    write: (line: Line, text: string) => setTexts({ ...texts, [keyOf(line)]: text }),
    reset: () => setTexts({}),
    parts,
    count: parts.reduce((sum, { quantity }) => sum + quantity, 0),
    wrong,
  }
}

type Tabled = {
  lines: Line[]
  most: (line: Line) => number
  title: string
  units: ReturnType<typeof useUnits>
}

const PlaceOf = ({ line: { location } }: { line: Line }) =>
  location === null ? '–' : <LocationName code={location} />

const UnitsTable = ({ lines, most, title, units }: Tabled) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { number } = useFormat()
  return (
    <div className="scroll">
      <table className="tbl tall">
        <thead>
          <tr>
            <th scope="col">SKU</th>
            <th scope="col" className="wide">
              {f('location')}
            </th>
            <th scope="col" className="r">
              {title}
            </th>
            <th scope="col" className="r">
              {t('shipNow')}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(line => (
            <tr key={keyOf(line)}>
              <th scope="row" className="mono">
                <Link to="/skus/$sku" params={{ sku: line.sku } as never}>
                  {line.sku}
                </Link>
                <span className="narrow">
                  <br />
                  <PlaceOf line={line} />
                </span>
              </th>
              <td className="wide">
                <PlaceOf line={line} />
              </td>
              <td className="r">{number(most(line))}</td>
              <td className="r">
                <input
                  className="input units"
                  inputMode="numeric"
                  maxLength={13}
                  aria-label={`${t('shipNow')} ${line.sku}`}
                  aria-invalid={(wholeOf(units.textOf(line)) ?? -1) > most(line) || undefined}
                  value={units.textOf(line)}
                  onChange={event => units.write(line, event.target.value)}
                  onFocus={event => event.target.select()}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const committedOf = (line: Line): number => line.committed

const Shipping = ({ order }: { order: Reservation }) => {
  const t = useWords(words)
  const sell = useMay('sell')
  const lines = order.lines.filter(line => line.committed > 0)
  const units = useUnits(lines, committedOf, true)
  const [document, setDocument] = useState('')
  const { fulfill } = useShipping(order.reservation_id)
  const ready = sell && units.count > 0 && !units.wrong
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    const { count } = units
    fulfill.mutate(
      { lines: units.parts, document: document.trim() },
      {
        onSuccess: () => {
          tell({ text: t('shippedUnits', { count, order: calledOf(order) }) })
          units.reset()
        },
      },
    )
  }
  if (lines.length === 0) {
    return (
      <Panel>
        <div className="body padded">
          {order.lines.some(line => line.fulfilled > 0) ? (
            <Status shape="tick" tone="ok">
              {t('allShipped')}
            </Status>
          ) : (
            <Status shape="dashed">{t('nothingToShip')}</Status>
          )}
        </div>
      </Panel>
    )
  }
  return (
    <Panel title={t('ship')} className="flush">
      <form onSubmit={submit}>
        <UnitsTable lines={lines} most={committedOf} title={t('open')} units={units} />
        <div className="body padded stack">
          <TextField
            label={t('document')}
            value={document}
            onChange={setDocument}
            maxLength={255}
          />
          {fulfill.error && <Refused problem={fulfill.error} />}
          <button type="submit" className="btn primary fit" disabled={!ready || fulfill.isPending}>
            {t('shipDo', { count: units.count })}
          </button>
        </div>
      </form>
    </Panel>
  )
}

const states = ['available', 'damaged', 'quality_control'] as const

const Returns = ({ order }: { order: Reservation }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const sell = useMay('sell')
  const lines = order.lines.filter(line => outOf(line) > 0)
  const units = useUnits(lines, outOf, false)
  const [state, setState] = useState<(typeof states)[number]>('available')
  const [reason, setReason] = useState('')
  const { takeBack } = useShipping(order.reservation_id)
  const ready = sell && units.count > 0 && !units.wrong
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    const { count } = units
    takeBack.mutate(
      { lines: units.parts.map(part => ({ ...part, state })), reason: reason.trim() },
      {
        onSuccess: () => {
          tell({ text: t('returned', { count, order: calledOf(order) }) })
          units.reset()
        },
      },
    )
  }
  return (
    <Panel title={t('returns')} sub={t('returnsHelp')} className="flush">
      {lines.length === 0 ? (
        <p className="body mut">{t('nothingOut')}</p>
      ) : (
        <form onSubmit={submit}>
          <UnitsTable lines={lines} most={outOf} title={t('out')} units={units} />
          <div className="body padded stack">
            <div className="fields">
              <SelectField
                label={t('state')}
                value={state}
                options={states.map(value => ({ value, title: t(`state_${value}`) }))}
                onChange={setState}
              />
              <TextField
                label={`${f('reason')} (${f('optional')})`}
                value={reason}
                onChange={setReason}
                maxLength={255}
              />
            </div>
            {takeBack.error && <Refused problem={takeBack.error} />}
            <button type="submit" className="btn fit" disabled={!ready || takeBack.isPending}>
              {t('returnDo', { count: units.count })}
            </button>
          </div>
        </form>
      )}
    </Panel>
  )
}

/** One order: what leaves, what comes back, what is printed. */
const OrderPage = () => {
  const t = useWords(words)
  const id = useParam('reservation')
  const found = useReservation(id)
  const { data } = found
  return (
    <Page
      title={data ? calledOf(data) : t('order')}
      above={[{ title: t('title'), to: '/orders' }]}
      under={
        data && (
          <>
            <span>{`${t('open')} ${toShip(data)}`}</span>
            <Link
              to="/reservations/$reservation"
              params={{ reservation: data.reservation_id } as never}
            >
              {t('reservation')}
            </Link>
          </>
        )
      }
      actions={
        <>
          <Link className="btn" to="/orders/print" search={{ what: 'pick', orders: id } as never}>
            <Icon name="print" size={14} />
            {t('pick')}
          </Link>
          <Link className="btn" to="/orders/print" search={{ what: 'slip', orders: id } as never}>
            <Icon name="print" size={14} />
            {t('slips')}
          </Link>
        </>
      }
    >
      <Answer of={found}>
        {order => (
          <div className="cols">
            <div className="c7">
              <Shipping order={order} />
            </div>
            <div className="c5">
              <Returns order={order} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

export { OrderPage as Page }
