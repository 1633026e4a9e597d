import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { api, type Reservation } from '../../api/client.ts'
import { answerOf, problemOf } from '../../api/problem.ts'
import { useAddress } from '../../frame/address.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { ListTable } from '../../parts/ListTable.tsx'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { NoMatch } from '../../parts/NoMatch.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { sayRefusal } from '../../parts/problems/useProblemText.ts'
import { SearchField, ViewTabs } from '../../parts/TableTools.tsx'
import { calledOf, useReservations } from '../reservations/reads.ts'
import { shipped, TOUCHED, toShip } from './reads.ts'
import { words } from './words.ts'

const useColumnsOf = (): Column<Reservation>[] => {
  const t = useWords(words)
  const { number, ago, whole, joined } = useFormat()
  const nameOf = useLocationNames()
  return useMemo(
    () => [
      {
        id: 'order',
        title: t('order'),
        width: 'minmax(120px, 1.2fr)',
        cell: row => (
          <div className="clip">
            <Link to="/orders/$reservation" params={{ reservation: row.reservation_id } as never}>
              {calledOf(row)}
            </Link>
          </div>
        ),
      },
      {
        id: 'lines',
        title: t('lines'),
        width: 'minmax(200px, 3fr)',
        wide: true,
        cell: row => (
          <span className="mono sub">
            {joined(row.lines.map(line => `${line.quantity} × ${line.sku}`))}
          </span>
        ),
      },
      {
        id: 'where',
        title: t('where'),
        width: 'minmax(100px, 1fr)',
        wide: true,
        cell: row =>
          joined([
            ...new Set(
              row.lines.map(({ location }) => (location === null ? '–' : nameOf(location))),
            ),
          ]),
      },
      {
        id: 'open',
        title: t('open'),
        width: '84px',
        align: 'end',
        cell: row => <b className={toShip(row) === 0 ? 'zero' : 'strong'}>{number(toShip(row))}</b>,
      },
      {
        id: 'shipped',
        title: t('shipped'),
        width: '84px',
        align: 'end',
        wide: true,
        cell: row => (
          <span className={shipped(row) === 0 ? 'zero' : ''}>{number(shipped(row))}</span>
        ),
      },
      {
        id: 'age',
        title: t('age'),
        width: '116px',
        align: 'end',
        sort: 'created_at',
        cell: row => <span title={whole(row.created_at)}>{ago(row.created_at)}</span>,
      },
    ],
    [t, number, ago, whole, joined, nameOf],
  )
}

const useShipAll = (rows: Reservation[], onDone: () => void) => {
  const t = useWords(words)
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    const failures: unknown[] = []
    for (const { reservation_id } of rows) {
      const params = { path: { reservation_id } }
      await answerOf(
        api.POST('/v1/reservations/{reservation_id}/fulfill', { params, body: {} }),
      ).catch(thrown => failures.push(thrown))
    }
    setBusy(false)
    for (const resource of TOUCHED) client.invalidateQueries({ queryKey: [resource] })
    const count = rows.length - failures.length
    if (count > 0) tell({ text: t('shippedMany', { count }) })
    if (failures.length > 0) {
      const why = await sayRefusal(problemOf(failures[0]))
      tell({ text: t('notShipped', { count: failures.length, why }), bad: true })
    }
    onDone()
  }
  return { busy, run }
}

const Bulk = ({ rows, onDone }: { rows: Reservation[]; onDone: () => void }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const sell = useMay('sell')
  const { busy, run } = useShipAll(rows, onDone)
  const orders = rows.map(({ reservation_id }) => reservation_id).join(',')
  return (
    <footer className="bulk">
      <b>{f('selected', { count: rows.length })}</b>
      <Link className="btn sm" to="/orders/print" search={{ what: 'pick', orders } as never}>
        <Icon name="print" size={13} />
        {t('pick')}
      </Link>
      <Link className="btn sm" to="/orders/print" search={{ what: 'slip', orders } as never}>
        <Icon name="print" size={13} />
        {t('slips')}
      </Link>
      {sell && (
        <button type="button" className="btn sm primary" disabled={busy} onClick={run}>
          {t('shipAll')}
        </button>
      )}
    </footer>
  )
}

/** What was promised and is not out of the door. */
const OrdersPage = () => {
  const t = useWords(words)
  const [search, setSearch] = useAddress()
  const navigate = useNavigate()
  const columns = useColumnsOf()
  const done = search['state'] === 'closed'
  const sort = search['sort'] ?? (done ? '-created_at' : 'created_at')
  const list = useReservations({
    state: done ? 'closed' : 'committed',
    order_reference: search['order_reference'],
    sort,
  })
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const picked = list.rows.filter(row => chosen.has(row.reservation_id))
  return (
    <Page title={t('title')} fills under={<span className="wide">{t('under')}</span>}>
      <Panel className="flush">
        <ViewTabs
          table="orders"
          views={[
            { name: t('state_open'), search: {} },
            { name: t('state_done'), search: { state: 'closed' } },
          ]}
          search={done ? { state: 'closed' } : {}}
          names={['state', 'sort']}
          onOpen={setSearch}
        />
        <div className="tool">
          <SearchField
            value={search['order_reference'] ?? ''}
            onChange={text => setSearch({ order_reference: text.trim() || undefined })}
            placeholder={t('search')}
          />
        </div>
        <ListTable
          of={list}
          label={t('title')}
          columns={columns}
          keyOf={row => row.reservation_id}
          nameOf={calledOf}
          sort={sort}
          onSort={next => setSearch({ sort: next })}
          selection={{ chosen, choose }}
          onOpen={row =>
            navigate({
              to: '/orders/$reservation',
              params: { reservation: row.reservation_id } as never,
            })
          }
          foot={
            picked.length > 0 ? <Bulk rows={picked} onDone={() => choose(new Set())} /> : undefined
          }
          empty={
            search['order_reference'] ? (
              <NoMatch of={['order_reference']} />
            ) : (
              <Empty
                icon="truck"
                title={t('none')}
                action={
                  !done && (
                    <Link className="btn" to="/orders" search={{ state: 'closed' } as never}>
                      {t('noneDo')}
                    </Link>
                  )
                }
              >
                {t('noneHelp')}
              </Empty>
            )
          }
        />
      </Panel>
    </Page>
  )
}

export { OrdersPage as Page }
