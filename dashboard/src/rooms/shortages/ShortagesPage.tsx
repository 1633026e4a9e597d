import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, type Reservation, type Schemas } from '../../api/client.ts'
import { useList, useRead } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Empty, ErrorPanel, Skeleton } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { Popover } from '../../parts/Menu.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { StateBar, unitsOf } from '../../parts/StateBar.tsx'
import { Status, StatusShape } from '../../parts/Status.tsx'
import { Adjust } from '../inventory/Adjust.tsx'
import { calledOf } from '../reservations/reads.ts'
import { Choices } from './Choices.tsx'
import { words } from './words.ts'

type Short = Schemas['InventoryRow']

const useShort = () =>
  useList<Short>(['inventory', 'shortages'], (cursor, signal) =>
    api.GET('/v1/inventory', {
      params: { query: { state: 'short', sort: '-shortage', limit: 100, cursor } },
      signal,
    }),
  )

/** The promises on a level, the newest first: committed ones and those in carts. */
const useAffected = ({ sku, location }: Short) =>
  useRead(['reservations', 'affected', sku, location], signal =>
    api.GET('/v1/reservations', {
      params: { query: { sku, location, limit: 100, sort: '-created_at' } },
      signal,
    }),
  )

/** How many units of an order hang on this level. */
const hereOf = (order: Reservation, { sku, location }: Short) =>
  order.lines
    .filter(line => line.sku === sku && line.location === location)
    .reduce((sum, line) => sum + line.held + line.committed, 0)

const Affected = ({ short }: { short: Short }) => {
  const t = useWords(words)
  const { ago } = useFormat()
  const affected = useAffected(short)
  const sell = useMay('sell')
  if (affected.error) return <ErrorPanel problem={affected.error} again={affected.refetch} />
  if (!affected.data) return <Skeleton rows={3} />
  const orders = affected.data.data
    .map(order => ({ order, units: hereOf(order, short) }))
    .filter(({ units }) => units > 0)
  let left = short.shortage
  return (
    <ul className="todo">
      {orders.map(({ order, units }) => {
        const needed = Math.min(left, units)
        left -= needed
        return (
          <li key={order.reservation_id}>
            <span className={needed > 0 ? 'danger' : 'quiet'}>
              <StatusShape shape={needed > 0 ? 'octagon' : 'tick'} size={14} />
            </span>
            <div>
              <b>
                <Link
                  to="/reservations/$reservation"
                  params={{ reservation: order.reservation_id } as never}
                >
                  {calledOf(order)}
                </Link>
              </b>
              <p>
                {t('unitsHere', { count: units })} ·{' '}
                {t(order.state === 'held' ? 'promise_held' : 'promise_committed')} ·{' '}
                {ago(order.created_at)}
              </p>
            </div>
            {sell && (
              <Choices
                order={order}
                short={short}
                units={Math.min(units, Math.max(needed, 1))}
                primary={needed > 0}
              />
            )}
          </li>
        )
      })}
    </ul>
  )
}

const Found = ({ short }: { short: Short }) => {
  const t = useWords(words)
  const stock = useMay('stock')
  const [opened, setOpened] = useState(false)
  if (!stock) return null
  return (
    <Popover
      label={t('found')}
      opened={opened}
      onClose={() => setOpened(false)}
      button={
        <button type="button" className="btn sm" onClick={() => setOpened(!opened)}>
          {t('found')}
        </button>
      }
    >
      <Adjust level={short} onDone={() => setOpened(false)} />
    </Popover>
  )
}

const Desk = ({ short }: { short: Short }) => {
  const t = useWords(words)
  const name = [short.title ?? short.sku, ...short.option_values].join(' · ')
  return (
    <Panel
      title={
        <Link to="/skus/$sku" params={{ sku: short.sku } as never}>
          {name}
        </Link>
      }
      sub={short.location_name}
      end={
        <>
          <Status shape="octagon" tone="danger">
            {t('missing', { count: short.shortage })}
          </Status>
          <Found short={short} />
        </>
      }
    >
      <div className="body stack">
        <StateBar large units={unitsOf(short)} />
        <p className="mut t12">
          <span className="mono">{short.sku}</span>{' '}
          {t('says', { onHand: short.on_hand, reserved: short.reserved })}
        </p>
      </div>
      <div className="body">
        <h3>
          {t('affected')} <span className="mut t12">{t('affectedSub')}</span>
        </h3>
      </div>
      <Affected short={short} />
    </Panel>
  )
}

/** Whom do I disappoint, and how can I avoid it? */
const ShortagesPage = () => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [search, setSearch] = useAddress()
  const list = useShort()
  const { sku, location } = search
  const shown = list.rows.filter(
    row => (!sku || row.sku === sku) && (!location || row.location === location),
  )
  return (
    <Page
      title={t('title')}
      under={t('under')}
      actions={
        (sku || location) && (
          <button
            type="button"
            className="btn"
            onClick={() => setSearch({ sku: undefined, location: undefined })}
          >
            {f('all')} ({list.rows.length})
          </button>
        )
      }
    >
      {list.problem && list.rows.length === 0 && (
        <ErrorPanel problem={list.problem} again={list.again} />
      )}
      {list.loading && <Skeleton />}
      {!list.loading && shown.length === 0 && !list.problem && (
        <Panel>
          <Empty
            icon="check"
            title={list.rows.length === 0 ? t('none') : t('resolvedNow')}
            action={
              <Link
                className="btn"
                to="/inventory"
                search={{ state: 'available', available_max: '5', sort: 'available' } as never}
              >
                {t('noneDo')}
              </Link>
            }
          >
            {t('noneHelp')}
          </Empty>
        </Panel>
      )}
      {shown.map(short => (
        <Desk key={`${short.sku} ${short.location}`} short={short} />
      ))}
    </Page>
  )
}

export { ShortagesPage as Page }
