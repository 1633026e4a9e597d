import { Link } from '@tanstack/react-router'
import type { Reservation } from '../../api/client.ts'
import { useParam } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { Countdown } from '../../parts/Countdown.tsx'
import { useFormat } from '../../parts/format.ts'
import { LocationName } from '../../parts/LocationName.tsx'
import { Changes, Verb } from '../../parts/Movement.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { ReservationActions } from './ReservationActions.tsx'
import { ReservationState } from './ReservationState.tsx'
import { calledOf, useHistory, useReservation } from './reads.ts'
import { words } from './words.ts'

const outcomes = ['held', 'committed', 'fulfilled', 'released', 'expired', 'returned'] as const

const Lines = ({ reservation }: { reservation: Reservation }) => {
  const t = useWords(words)
  const { number } = useFormat()
  const { lines } = reservation
  const shown = outcomes.filter(name => lines.some(line => line[name] > 0))
  return (
    <Panel title={t('lines')} className="flush">
      <div className="scroll">
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">{t('sku')}</th>
              <th scope="col">{t('holdWhere')}</th>
              <th scope="col" className="r">
                {t('units')}
              </th>
              {shown.map(name => (
                <th key={name} scope="col" className="r">
                  {t(`${name}Units`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map(line => (
              <tr key={`${line.line} ${line.part}`}>
                <th scope="row" className="mono">
                  <Link to="/skus/$sku" params={{ sku: line.sku } as never}>
                    {line.sku}
                  </Link>
                </th>
                <td>
                  {line.location === null ? t('anywhere') : <LocationName code={line.location} />}
                </td>
                <td className="r">{number(line.quantity)}</td>
                {shown.map(name => (
                  <td key={name} className={line[name] === 0 ? 'r zero' : 'r strong'}>
                    {number(line[name])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

const Facts = ({ reservation }: { reservation: Reservation }) => {
  const t = useWords(words)
  const { dateTime, ago, whole, joined } = useFormat()
  const facts: [string, string | null][] = [
    [t('order'), reservation.order_reference],
    [t('buyer'), reservation.buyer],
    [t('owner'), reservation.owner],
    [t('review'), reservation.review_at && dateTime(reservation.review_at)],
    [t('tags'), joined(reservation.tags) || null],
    [
      t('extensions'),
      reservation.extensions > 0 ? t('times', { count: reservation.extensions }) : null,
    ],
  ]
  return (
    <Panel title={t('facts')}>
      <dl className="kv body">
        <dt>{t('state')}</dt>
        <dd>
          <ReservationState state={reservation.state} />
        </dd>
        {reservation.state === 'held' && (
          <>
            <dt>{t('until')}</dt>
            <dd>
              <Countdown until={reservation.expires_at} />
            </dd>
          </>
        )}
        {facts.flatMap(([name, value]) =>
          value === null ? [] : [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>],
        )}
        <dt>{t('created')}</dt>
        <dd title={whole(reservation.created_at)}>{ago(reservation.created_at)}</dd>
      </dl>
    </Panel>
  )
}

const History = ({ id }: { id: string }) => {
  const t = useWords(words)
  const { exact, day } = useFormat()
  const history = useHistory(id)
  return (
    <Panel title={t('history')}>
      <Answer of={history} rows={3}>
        {({ data }) => (
          <ol className="tl">
            {data.map(movement => (
              <li key={`${movement.sku} ${movement.location} ${movement.version} ${movement.line}`}>
                <span className="mut t12 when">
                  {exact(movement.recorded_at)} <br />
                  {day(movement.recorded_at)}
                </span>
                <div className="grow">
                  <div className="row wrap">
                    <Verb kind={movement.kind} />
                    <Changes movement={movement} />
                  </div>
                  <p className="t12 mut">
                    <span className="mono">{movement.sku}</span>{' '}
                    {movement.location !== null && <LocationName code={movement.location} />}{' '}
                    {movement.reason !== null && movement.reason}
                  </p>
                </div>
              </li>
            ))}
          </ol>
        )}
      </Answer>
    </Panel>
  )
}

const ReservationPage = () => {
  const t = useWords(words)
  const id = useParam('reservation')
  const sell = useMay('sell')
  const found = useReservation(id)
  const { data } = found
  return (
    <Page
      title={data ? calledOf(data) : t('reservation')}
      above={[{ title: t('title'), to: '/reservations' }]}
      under={<span className="mono">{id}</span>}
      actions={data && sell && <ReservationActions reservation={data} />}
    >
      <Answer of={found}>
        {reservation => (
          <div className="cols">
            <div className="c8 stack">
              <Lines reservation={reservation} />
              <History id={id} />
            </div>
            <div className="c4 stack">
              <Facts reservation={reservation} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

export { ReservationPage as Page }
