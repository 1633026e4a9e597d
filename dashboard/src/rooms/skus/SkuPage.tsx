import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Level, Sku } from '../../api/client.ts'
import { useAddress, useParam } from '../../frame/address.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Empty, Skeleton } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { Popover } from '../../parts/Menu.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { StateBar, StateLegend, unitsOf } from '../../parts/StateBar.tsx'
import { Badge, Status } from '../../parts/Status.tsx'
import { Adjust } from '../inventory/Adjust.tsx'
import { Actions } from './Actions.tsx'
import { Codes } from './Codes.tsx'
import { Expected } from './Expected.tsx'
import { Figure, type Origin } from './Figure.tsx'
import { Held } from './Held.tsx'
import { Ledger } from './Ledger.tsx'
import { Policies } from './Policies.tsx'
import { useLevels, useProduct, useSku } from './reads.ts'
import { sumsOf } from './sums.ts'
import { words } from './words.ts'

const Chart = lazy(() => import('./StockChart.tsx'))

type Summed = { levels: Level[]; then: Level[] | undefined; of: Origin }

/** on hand − committed − held − unavailable = available: the signature of every stock detail. */
const Equation = ({ levels, then, of }: Summed) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { change } = useFormat()
  const sums = sumsOf(levels)
  const before = then && sumsOf(then)
  const parts = [
    ['on_hand', 'onHand', '', ''],
    ['committed', 'committed', 'sb-c', '−'],
    ['held', 'held', 'sb-h', '−'],
    ['unavailable', 'unavailable', 'sb-u', '−'],
    ['available', 'available', 'sb-a', '='],
  ] as const
  return (
    <section className="panel eq" aria-label={t('equation')}>
      {parts.map(([name, word, fill, operator]) => (
        <div className="eq-part" key={name}>
          {operator !== '' && (
            <span className="op" aria-hidden="true">
              {operator}
            </span>
          )}
          <div className="fig">
            <p className="k">
              {fill !== '' && <i className={fill} />}
              {f(word)}
            </p>
            <p className="v">
              <Figure value={sums[name]} what={f(word)} of={of} />
              {before && <small>{change(sums[name] - before[name])}</small>}
            </p>
          </div>
        </div>
      ))}
      {sums.backordered > 0 && (
        <div className="fig side2">
          <p className="k">{f('backordered')}</p>
          <p className="v">
            <Figure value={sums.backordered} what={f('backordered')} of={of} />
          </p>
        </div>
      )}
    </section>
  )
}

type Counter = 'on_hand' | 'reserved' | 'unavailable' | 'available'
type Placed = { level: Level; name: string; largest: number; live: boolean; of: Origin }

const LevelRow = ({ level, name, largest, live, of }: Placed) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { number, labelled, joined } = useFormat()
  const stock = useMay('stock')
  const [adjusting, setAdjusting] = useState(false)
  const figure = (counter: Counter, word: string) => (
    <Figure
      value={level[counter]}
      what={joined([word, name])}
      of={{ ...of, location: level.location }}
    />
  )
  const zeroed = (counter: Counter) => (level[counter] === 0 ? 'zero' : '')
  const button = (
    <button
      type="button"
      className="cell"
      onClick={() => setAdjusting(!adjusting)}
      aria-label={labelled(`${t('adjust')} ${name}`, number(level.available))}
    >
      {number(level.available)}
    </button>
  )
  return (
    <tr>
      <th scope="row">
        <Link to="/inventory" search={{ location: level.location } as never} title={level.location}>
          {name}
        </Link>
      </th>
      <td>
        <StateBar large units={unitsOf(level)} share={level.on_hand / largest} />
      </td>
      <td className="r wide">
        <span className={zeroed('on_hand')}>{figure('on_hand', f('onHand'))}</span>
      </td>
      <td className="r wide">
        <span className={zeroed('reserved')}>{figure('reserved', f('reserved'))}</span>
      </td>
      <td className="r wide">
        <span className={zeroed('unavailable')}>{figure('unavailable', f('unavailable'))}</span>
      </td>
      <td className="r strong">
        {stock && live ? (
          <Popover
            label={t('adjust')}
            opened={adjusting}
            onClose={() => setAdjusting(false)}
            button={button}
          >
            <Adjust level={{ ...level, location_name: name }} onDone={() => setAdjusting(false)} />
          </Popover>
        ) : (
          figure('available', f('available'))
        )}
      </td>
    </tr>
  )
}

const Total = ({ levels, of }: { levels: Level[]; of: Origin }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const sums = sumsOf(levels)
  const reserved = sums.committed + sums.held
  return (
    <tr className="tot">
      <th scope="row">{t('all', { count: levels.length })}</th>
      <td />
      <td className="r wide">
        <Figure value={sums.on_hand} what={f('onHand')} of={of} />
      </td>
      <td className="r wide">
        <Figure value={reserved} what={f('reserved')} of={of} />
      </td>
      <td className="r wide">
        <Figure value={sums.unavailable} what={f('unavailable')} of={of} />
      </td>
      <td className="r">
        <Figure value={sums.available} what={f('available')} of={of} />
      </td>
    </tr>
  )
}

type Listed = { levels: Level[]; live: boolean; of: Origin }

const Levels = ({ levels, live, of }: Listed) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const nameOf = useLocationNames()
  const largest = Math.max(1, ...levels.map(({ on_hand }) => on_hand))
  const ordered = levels.toSorted((a, b) => b.on_hand - a.on_hand)
  if (levels.length === 0) {
    return (
      <Panel title={t('levelAt')}>
        <Empty title={t('noLevel')}>{t('noLevelHelp')}</Empty>
      </Panel>
    )
  }
  return (
    <Panel
      title={t('levelAt')}
      end={
        <span className="wide">
          <StateLegend />
        </span>
      }
    >
      <table className="tbl tall">
        <thead>
          <tr>
            <th scope="col">{f('location')}</th>
            <th scope="col" className="bar-head">
              <span className="vh">{t('equation')}</span>
            </th>
            <th scope="col" className="r wide">
              {f('onHand')}
            </th>
            <th scope="col" className="r wide">
              {f('reserved')}
            </th>
            <th scope="col" className="r wide">
              {f('unavailable')}
            </th>
            <th scope="col" className="r">
              {f('available')}
            </th>
          </tr>
        </thead>
        <tbody>
          {ordered.map(level => (
            <LevelRow
              key={level.location}
              level={level}
              name={nameOf(level.location)}
              largest={largest}
              live={live}
              of={of}
            />
          ))}
          {levels.length > 1 && <Total levels={levels} of={of} />}
        </tbody>
      </table>
    </Panel>
  )
}

const Under = ({ sku }: { sku: Sku }) => {
  const t = useWords(words)
  const { available, shortage } = sku.totals
  const f = useWords(frameWords)
  return (
    <>
      <span className="mono">{sku.code}</span>
      {sku.variants.slice(0, 3).map(variant => (
        <Link
          key={variant.product}
          to="/products/$handle"
          params={{ handle: variant.product } as never}
        >
          {variant.product}
        </Link>
      ))}
      {sku.archived_at !== null && <Badge shape="half">{t('archived')}</Badge>}
      {!sku.tracked_effective && (
        <Badge shape="triangle" tone="warn">
          {t('untracked')}
        </Badge>
      )}
      {shortage > 0 ? (
        <Link to="/shortages" search={{ sku: sku.code } as never}>
          <Status shape="octagon" tone="danger">
            {f('short')} {shortage}
          </Status>
        </Link>
      ) : (
        sku.tracked_effective &&
        available <= 0 && (
          <Status shape="struck" tone="danger">
            {f('available')} 0
          </Status>
        )
      )}
    </>
  )
}

const Loaded = ({ sku }: { sku: Sku }) => {
  const [search, setSearch] = useAddress()
  const asOf = search['as_of']
  const comparing = search['compare'] === 'now'
  const now = useLevels(sku.code)
  const then = useLevels(sku.code, asOf)
  const live = asOf === undefined || comparing
  const shown = live ? now : then
  const of = { sku: sku.code, ...(live ? {} : { to: asOf }) }
  return (
    <>
      <Answer of={shown}>
        {({ data }) => (
          <Equation levels={data} then={comparing && asOf ? then.data?.data : undefined} of={of} />
        )}
      </Answer>
      <div className="cols ov">
        <div className="c8 stack">
          <Suspense fallback={<Skeleton rows={5} />}>
            <Chart sku={sku.code} asOf={asOf} />
          </Suspense>
          <Answer of={shown}>{({ data }) => <Levels levels={data} live={live} of={of} />}</Answer>
          <Ledger sku={sku} asOf={asOf} comparing={comparing} then={then} onTime={setSearch} />
        </div>
        <div className="c4 stack">
          <Held sku={sku.code} />
          <Expected sku={sku.code} />
          <Policies sku={sku.code} />
          <Codes sku={sku} />
        </div>
      </div>
    </>
  )
}

const SkuPage = () => {
  const t = useWords(words)
  const { joined } = useFormat()
  const code = useParam('sku')
  const found = useSku(code)
  const { data } = found
  const [variant] = data?.variants ?? []
  const options = variant?.option_values ?? []
  const product = useProduct(variant?.product)
  const title = data
    ? joined([product.data?.title ?? variant?.product ?? data.code, ...options])
    : code
  return (
    <Page
      title={title}
      name={data?.code ?? code}
      above={[{ title: t('inventory'), to: '/inventory' }]}
      under={data && <Under sku={data} />}
      actions={data && <Actions sku={data} />}
    >
      <Answer of={found}>{sku => <Loaded sku={sku} />}</Answer>
    </Page>
  )
}

export { SkuPage as Page }
