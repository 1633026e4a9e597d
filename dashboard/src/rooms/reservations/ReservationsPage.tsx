import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Reservation } from '../../api/client.ts'
import { useAddress } from '../../frame/address.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useKeys } from '../../frame/keys.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import { Countdown } from '../../parts/Countdown.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { ListTable } from '../../parts/ListTable.tsx'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { NoMatch } from '../../parts/NoMatch.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { SearchField, ViewTabs } from '../../parts/TableTools.tsx'
import { Explain } from './Explain.tsx'
import { Hold } from './Hold.tsx'
import { ReservationState } from './ReservationState.tsx'
import { calledOf, openOf, unitsOf, useReservations } from './reads.ts'
import { words } from './words.ts'

const What = ({ row }: { row: Reservation }) => {
  const t = useWords(words)
  const skus = [...new Set(row.lines.map(({ sku }) => sku))]
  const [first] = skus
  return (
    <>
      <span className="mono">{first}</span>{' '}
      {skus.length > 1 && <span className="mut">{t('moreSkus', { count: skus.length - 1 })}</span>}
    </>
  )
}

const useColumnsOf = (): Column<Reservation>[] => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { number, ago, whole, joined } = useFormat()
  const nameOf = useLocationNames()
  return useMemo(
    () => [
      {
        id: 'who',
        title: t('who'),
        width: 'minmax(130px, 1.6fr)',
        cell: row => (
          <div className="two">
            <b>
              <Link
                to="/reservations/$reservation"
                params={{ reservation: row.reservation_id } as never}
              >
                {calledOf(row)}
              </Link>
            </b>
            <span className="narrow">
              <What row={row} />
            </span>
          </div>
        ),
      },
      {
        id: 'what',
        title: t('what'),
        width: 'minmax(160px, 2fr)',
        wide: true,
        cell: row => <What row={row} />,
      },
      {
        id: 'where',
        title: f('location'),
        width: 'minmax(129px, 1fr)',
        wide: true,
        cell: row =>
          joined([
            ...new Set(
              row.lines.map(({ location }) => (location === null ? '–' : nameOf(location))),
            ),
          ]),
      },
      {
        id: 'units',
        title: t('units'),
        width: '80px',
        align: 'end',
        wide: true,
        cell: row => number(openOf(row) || unitsOf(row)),
      },
      {
        id: 'state',
        title: t('state'),
        width: 'minmax(118px, 1.1fr)',
        cell: row => <ReservationState state={row.state} />,
      },
      {
        id: 'until',
        title: t('until'),
        width: 'minmax(104px, 0.8fr)',
        align: 'end',
        cell: row => (row.state === 'held' ? <Countdown until={row.expires_at} /> : '–'),
      },
      {
        id: 'created',
        title: t('created'),
        width: '130px',
        align: 'end',
        sort: 'created_at',
        largestFirst: true,
        wide: true,
        cell: row => <span title={whole(row.created_at)}>{ago(row.created_at)}</span>,
      },
    ],
    [t, f, number, ago, whole, joined, nameOf],
  )
}

const states = ['held', 'committed', 'expired', 'closed'] as const
const filters = ['state', 'order_reference', 'sku', 'location', 'buyer', 'tag', 'overdue'] as const

const Tools = () => {
  const t = useWords(words)
  const [search, setSearch] = useAddress()
  const chips = filters.filter(name => name !== 'state' && name !== 'order_reference')
  return (
    <div className="tool">
      <SearchField
        value={search['order_reference'] ?? ''}
        onChange={text => setSearch({ order_reference: text.trim() || undefined })}
        placeholder={t('search')}
      />
      {chips.flatMap(name => {
        const value = search[name]
        return value
          ? [
              <button
                key={name}
                type="button"
                className="chip on"
                onClick={() => setSearch({ [name]: undefined })}
              >
                {value}
                <Icon name="cross" size={11} />
              </button>,
            ]
          : []
      })}
    </div>
  )
}

const ReservationsPage = () => {
  const t = useWords(words)
  const [search, setSearch] = useAddress()
  const navigate = useNavigate()
  const sell = useMay('sell')
  const columns = useColumnsOf()
  const asked = Object.fromEntries(filters.map(name => [name, search[name]]))
  const list = useReservations({ ...asked, sort: search['sort'] })
  const openHold = () => setSearch({ hold: '1' })
  const openExplain = () => setSearch({ explain: '1' })
  useKeys(t('title'), [
    { keys: 'w', title: t('explain'), run: openExplain },
    ...(sell ? [{ keys: 'h', title: t('hold'), run: openHold }] : []),
  ])
  return (
    <Page
      title={t('title')}
      fills
      under={<span className="wide">{t('under')}</span>}
      actions={
        <>
          <button type="button" className="btn" onClick={openExplain}>
            {t('explain')}
          </button>
          {sell && (
            <button type="button" className="btn primary" onClick={openHold}>
              {t('hold')}
            </button>
          )}
        </>
      }
    >
      <Panel className="flush">
        <ViewTabs
          table="reservations"
          views={[
            { name: t('view_all'), search: {} },
            ...states.map(state => ({ name: t(`state_${state}`), search: { state } })),
          ]}
          search={
            Object.fromEntries(Object.entries(asked).filter(([, value]) => value)) as Record<
              string,
              string
            >
          }
          names={filters}
          onOpen={setSearch}
        />
        <Tools />
        <ListTable
          of={list}
          label={t('title')}
          columns={columns}
          keyOf={row => row.reservation_id}
          sort={search['sort'] ?? '-created_at'}
          onSort={sort => setSearch({ sort })}
          onOpen={row =>
            navigate({
              to: '/reservations/$reservation',
              params: { reservation: row.reservation_id } as never,
            })
          }
          empty={
            filters.some(name => search[name]) ? (
              <NoMatch of={filters} />
            ) : (
              <Empty
                icon="clock"
                title={t('none')}
                action={
                  sell && (
                    <button type="button" className="btn" onClick={openHold}>
                      {t('hold')}
                    </button>
                  )
                }
              >
                {t('noneHelp')}
              </Empty>
            )
          }
        />
      </Panel>
      {search['hold'] && sell && <Hold onClose={() => setSearch({ hold: undefined })} />}
      {search['explain'] && <Explain onClose={() => setSearch({ explain: undefined })} />}
    </Page>
  )
}

export { ReservationsPage as Page }
