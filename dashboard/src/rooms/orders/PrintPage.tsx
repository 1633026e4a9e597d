import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, type Reservation } from '../../api/client.ts'
import { answerOf, problemOf } from '../../api/problem.ts'
import { useAddress } from '../../frame/address.ts'
import { useWords } from '../../frame/words.ts'
import { Empty, ErrorPanel, Skeleton } from '../../parts/Answers.tsx'
import { Barcode } from '../../parts/Barcode.tsx'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { Page } from '../../parts/Page.tsx'
import { calledOf } from '../reservations/reads.ts'
import { words } from './words.ts'

const ORDERS_MAX = 200

const useOrders = (ids: string[]) =>
  useQuery({
    queryKey: ['reservations', 'print', ids],
    queryFn: ({ signal }) =>
      Promise.all(
        ids.map(reservation_id =>
          answerOf(
            api.GET('/v1/reservations/{reservation_id}', {
              params: { path: { reservation_id } },
              signal,
            }),
          ),
        ),
      ),
  })

type Pick = { location: string; sku: string; units: number; orders: string[] }

/** One row a SKU and location, in the order in which one walks. */
const picksOf = (orders: Reservation[]): Pick[] => {
  const found = new Map<string, Pick>()
  for (const order of orders) {
    for (const { sku, location, committed } of order.lines) {
      if (committed === 0) continue
      const key = `${location}\n${sku}`
      const pick = found.get(key) ?? { location: location ?? '', sku, units: 0, orders: [] }
      pick.units += committed
      pick.orders.push(`${calledOf(order)} × ${committed}`)
      found.set(key, pick)
    }
  }
  return [...found.values()].sort(
    (a, b) => a.location.localeCompare(b.location) || a.sku.localeCompare(b.sku),
  )
}

const PickList = ({ orders }: { orders: Reservation[] }) => {
  const t = useWords(words)
  const { number, dateTime, joined } = useFormat()
  const nameOf = useLocationNames()
  return (
    <article className="sheet-print">
      <header>
        <h1>{t('pickTitle')}</h1>
        <p>{t('pickOf', { count: orders.length })}</p>
        <p>{t('printed', { time: dateTime(Date.now()) })}</p>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('bin')}</th>
            <th scope="col">SKU</th>
            <th scope="col" className="wide">
              <span className="vh">Code 128</span>
            </th>
            <th scope="col" className="r">
              {t('open')}
            </th>
            <th scope="col">{t('pickFor')}</th>
            <th scope="col">{t('picked')}</th>
          </tr>
        </thead>
        <tbody>
          {picksOf(orders).map(pick => (
            <tr key={`${pick.location} ${pick.sku}`}>
              <td>{pick.location === '' ? '–' : nameOf(pick.location)}</td>
              <th scope="row" className="mono">
                {pick.sku}
              </th>
              <td className="wide">
                <Barcode text={pick.sku} />
              </td>
              <td className="r big">{number(pick.units)}</td>
              <td className="t12">{joined(pick.orders)}</td>
              <td>
                <span className="box" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  )
}

type Packed = { sku: string; open: number; shipped: number }

/** One row a SKU: what an order has of it in several lines goes into one parcel. */
const packedOf = ({ lines }: Reservation): Packed[] => {
  const found = new Map<string, Packed>()
  for (const { sku, committed, fulfilled } of lines) {
    if (committed + fulfilled === 0) continue
    const { open, shipped } = found.get(sku) ?? { open: 0, shipped: 0 }
    found.set(sku, { sku, open: open + committed, shipped: shipped + fulfilled })
  }
  return [...found.values()]
}

const Slip = ({ order }: { order: Reservation }) => {
  const t = useWords(words)
  const { number, day } = useFormat()
  return (
    <article className="sheet-print">
      <header>
        <h1>{t('slipTitle')}</h1>
        <p className="big">{calledOf(order)}</p>
        <p>{day(order.created_at)}</p>
        <Barcode text={calledOf(order)} />
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">SKU</th>
            <th scope="col" className="wide">
              <span className="vh">Code 128</span>
            </th>
            <th scope="col" className="r">
              {t('open')}
            </th>
            <th scope="col" className="r">
              {t('shipped')}
            </th>
          </tr>
        </thead>
        <tbody>
          {packedOf(order).map(({ sku, open, shipped }) => (
            <tr key={sku}>
              <th scope="row" className="mono">
                {sku}
              </th>
              <td className="wide">
                <Barcode text={sku} />
              </td>
              <td className="r big">{number(open)}</td>
              <td className="r">{number(shipped)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <footer>
        {t('packed')} <span className="line" />
      </footer>
    </article>
  )
}

/** Sheets for paper; the browser's own dialog prints them or makes a PDF. */
const PrintPage = () => {
  const t = useWords(words)
  const [search] = useAddress()
  const ids = (search['orders'] ?? '').split(',').filter(Boolean).slice(0, ORDERS_MAX)
  const pick = search['what'] !== 'slip'
  const orders = useOrders(ids)
  return (
    <Page
      title={pick ? t('pick') : t('slips')}
      above={[{ title: t('title'), to: '/orders' }]}
      under={<span className="no-print">{t('paper')}</span>}
      actions={
        <button type="button" className="btn primary no-print" onClick={() => window.print()}>
          <Icon name="print" size={14} />
          {t('print')}
        </button>
      }
    >
      {ids.length === 0 && (
        <Empty
          icon="print"
          title={t('nothingToPrint')}
          action={
            <Link className="btn" to="/orders">
              {t('back')}
            </Link>
          }
        />
      )}
      {orders.isPending && ids.length > 0 && <Skeleton />}
      {orders.error && <ErrorPanel problem={problemOf(orders.error)} again={orders.refetch} />}
      {orders.data &&
        ids.length > 0 &&
        (pick ? (
          <PickList orders={orders.data} />
        ) : (
          orders.data.map(order => <Slip key={order.reservation_id} order={order} />)
        ))}
    </Page>
  )
}

export { PrintPage as Page }
