import { Link } from '@tanstack/react-router'
import { api, type Schemas } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Empty } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { Figure, Page, Panel } from '../../parts/Page.tsx'
import { StateBar, StateLegend } from '../../parts/StateBar.tsx'
import { StatusShape } from '../../parts/Status.tsx'
import { useKept } from '../../parts/views.ts'
import { NeedsYou } from './NeedsYou.tsx'
import { useBooks, useSummary } from './reads.ts'
import { Stream } from './Stream.tsx'
import { words } from './words.ts'

type Summary = Schemas['InventorySummary']

const Figures = ({ summary }: { summary: Summary }) => {
  const t = useWords(words)
  const { number } = useFormat()
  const books = useBooks()
  const { holds, orders } = summary
  return (
    <section className="panel figs six">
      <Figure
        label={t('holds')}
        value={number(holds.count)}
        below={t('holdsBelow', { count: holds.units })}
        to="/reservations"
      />
      <Figure
        label={t('toShip')}
        value={number(orders.count)}
        below={t('toShipBelow', { count: orders.units })}
        to="/orders"
      />
      <Figure
        label={t('soldOut')}
        value={number(summary.sold_out)}
        below={t('soldOutBelow', { count: summary.levels })}
        to="/inventory?state=sold_out"
      />
      <Figure
        label={t('low')}
        value={number(summary.low)}
        below={t('lowBelow', { count: summary.low_at })}
        to={`/inventory?state=available&available_max=${summary.low_at}`}
      />
      <Figure
        label={t('short')}
        value={
          <span className={summary.short_units > 0 ? 'danger' : ''}>
            {number(summary.short_units)}
          </span>
        }
        below={summary.short_units > 0 ? t('shortBelow') : t('shortNone')}
        to="/shortages"
      />
      <Figure
        label={t('books')}
        value={
          <span className={`status big ${books.tone}`}>
            <StatusShape shape={books.shape} size={17} />
            {books.said}
          </span>
        }
        below={books.below}
        to="/system"
      />
    </section>
  )
}

const Where = ({ summary }: { summary: Summary }) => {
  const t = useWords(words)
  const { number } = useFormat()
  const largest = Math.max(1, ...summary.locations.map(({ on_hand }) => on_hand))
  return (
    <Panel
      title={t('where')}
      end={
        <span className="wide">
          <StateLegend />
        </span>
      }
    >
      <div className="body where">
        {summary.locations.map(place => (
          <Link
            className="wl"
            key={place.location}
            to="/inventory"
            search={{ location: place.location } as never}
          >
            <b className="el1">{place.name}</b>
            <StateBar
              share={place.on_hand / largest}
              units={{
                committed: place.committed - place.shortage,
                held: place.held,
                unavailable: place.unavailable,
                available: place.available,
                short: place.shortage,
              }}
            />
            <span className="r">
              <b>{number(place.available)}</b> <span className="mut t12">{t('availableHere')}</span>
            </span>
          </Link>
        ))}
      </div>
    </Panel>
  )
}

const RunningOut = ({ lowAt }: { lowAt: number }) => {
  const t = useWords(words)
  const { number } = useFormat()
  const query = { state: 'available' as const, available_max: lowAt, sort: 'available' as const }
  const low = useRead(['inventory', 'running', lowAt], signal =>
    api.GET('/v1/inventory', { params: { query: { ...query, limit: 6 } }, signal }),
  )
  if (low.data?.data.length === 0) return null
  return (
    <Panel
      title={t('running')}
      end={
        <Link className="t12" to="/inventory" search={query as never}>
          {t('runningAll')}
        </Link>
      }
    >
      <Answer of={low} rows={4}>
        {({ data }) => (
          <ul className="todo">
            {data.map(row => (
              <li key={`${row.sku} ${row.location}`}>
                <span className="warn">
                  <StatusShape shape="falling" />
                </span>
                <div>
                  <b>
                    <Link to="/skus/$sku" params={{ sku: row.sku } as never}>
                      {row.title ?? row.sku}
                    </Link>
                  </b>
                  <p className="el1">{[...row.option_values, row.location_name].join(' · ')}</p>
                </div>
                <b>
                  {number(row.available)} <span className="mut t12">{t('left')}</span>
                </b>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Panel>
  )
}

const Tour = () => {
  const t = useWords(words)
  const [seen, see] = useKept('tour', false)
  if (seen) return null
  const steps = [
    ['tour1', 'tour1Help', '/inventory'],
    ['tour2', 'tour2Help', '/products'],
    ['tour3', 'tour3Help', '/reservations'],
    ['tour4', 'tour4Help', '/'],
  ] as const
  return (
    <Panel
      title={t('tour')}
      className="c12"
      end={
        <button type="button" className="btn sm" onClick={() => see(true)}>
          {t('tourClose')}
        </button>
      }
    >
      <ol className="tour">
        {steps.map(([title, help, to]) => (
          <li key={title}>
            <h3>{to === '/' ? t(title) : <Link to={to}>{t(title)}</Link>}</h3>
            <p className="t12 mut">{t(help)}</p>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

const FirstRun = () => {
  const t = useWords(words)
  return (
    <Panel>
      <Empty
        title={t('firstRun')}
        action={
          <Link className="btn primary" to="/inventory/import">
            {t('importCsv')}
          </Link>
        }
      >
        {t('firstRunHelp')}
      </Empty>
    </Panel>
  )
}

const OverviewPage = () => {
  const t = useWords(words)
  const summary = useSummary()
  return (
    <Page title={t('title')} under={t('under')}>
      <Answer of={summary}>
        {data =>
          data.levels === 0 ? (
            <FirstRun />
          ) : (
            <>
              <Figures summary={data} />
              <div className="cols ov">
                <Tour />
                <div className="c8 stack">
                  <Stream />
                  <Where summary={data} />
                </div>
                <div className="c4 stack">
                  <NeedsYou />
                  <RunningOut lowAt={data.low_at} />
                </div>
              </div>
            </>
          )
        }
      </Answer>
    </Page>
  )
}

export { OverviewPage as Page }
