import 'uplot/dist/uPlot.min.css'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import { api, type Movement } from '../../api/client.ts'
import { answerOf } from '../../api/problem.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useIsDark } from '../../frame/theme.ts'
import { useWords } from '../../frame/words.ts'
import { Segments } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { Panel } from '../../parts/Page.tsx'
import { useLevels } from './reads.ts'
import { words } from './words.ts'

const DAY = 86_400_000
const MOVEMENTS_MAX = 2_000
const PAGE = 250
const HEIGHT = 200
const MARGIN = 0.05
const SHORT_SECONDS = 2 * 86_400
const MINUTES_SECONDS = 900
const spans = { days7: 7, days30: 30, days90: 90 } as const
type Span = keyof typeof spans

type Series = { at: number[]; onHand: number[]; reserved: number[] }

/** Its movements since then, the newest first, as far as a chart needs them. */
const useRecent = (sku: string, days: number) =>
  useQuery({
    queryKey: ['transactions', 'chart', sku, days],
    queryFn: async ({ signal }) => {
      const from = new Date(Math.floor((Date.now() - days * DAY) / 60_000) * 60_000).toISOString()
      const found: Movement[] = []
      let cursor: string | undefined
      do {
        const query = { sku, from, limit: PAGE, ...(cursor ? { cursor } : {}) }
        const page = await answerOf(api.GET('/v1/transactions', { params: { query }, signal }))
        found.push(...page.data)
        cursor = page.next_cursor ?? undefined
      } while (cursor !== undefined && found.length < MOVEMENTS_MAX)
      return found
    },
  })

type Now = { location: string; on_hand: number; reserved: number }

/** Walks back from what is now: before each movement stood what it has not yet changed. */
const seriesOf = (levels: Now[], movements: Movement[], from: number): Series => {
  const sum = (name: 'on_hand' | 'reserved') => levels.reduce((all, row) => all + row[name], 0)
  let onHand = sum('on_hand')
  let reserved = sum('reserved')
  const points = [{ at: Date.now(), onHand, reserved }]
  for (const { recorded_at, changes } of movements) {
    const at = new Date(recorded_at).getTime()
    points.push({ at, onHand, reserved })
    onHand -= changes.on_hand ?? 0
    reserved -= (changes.held ?? 0) + (changes.committed ?? 0)
  }
  const [first] = points.slice(-1)
  if (movements.length < MOVEMENTS_MAX && first && first.at > from) {
    // a ledger that begins within this time is shown from its beginning, not as an empty month
    const begun = onHand === 0 && reserved === 0
    const margin = (Date.now() - first.at) * MARGIN
    points.push({ at: begun ? Math.max(from, first.at - margin) : from, onHand, reserved })
  }
  points.reverse()
  return {
    at: points.map(point => point.at / 1_000),
    onHand: points.map(point => point.onHand),
    reserved: points.map(point => point.reserved),
  }
}

const colourOf = (element: Element, name: string): string => {
  const probe = document.createElement('i')
  probe.style.color = `var(${name})`
  element.append(probe)
  const colour = getComputedStyle(probe).color
  probe.remove()
  return colour
}

type Drawn = { series: Series; asOf: string | undefined; said: string }

const Drawing = ({ series, asOf, said }: Drawn) => {
  const f = useWords(frameWords)
  const { locale, number, dateTime } = useFormat()
  const place = useRef<HTMLDivElement>(null)
  const dark = useIsDark()
  const names = useMemo(() => [f('onHand'), f('reserved')] as const, [f])
  // biome-ignore lint/correctness/useExhaustiveDependencies: dark changes what the colours are
  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    const colour = (name: string) => colourOf(element, name)
    const stepped = uPlot.paths.stepped?.({ align: 1 })
    const axis = {
      stroke: colour('--text-3'),
      grid: { stroke: colour('--grid'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui',
    }
    const [first = 0] = series.at
    const last = series.at.length - 1
    const seconds = Date.now() / 1_000 - first
    const mark = new Intl.DateTimeFormat(
      locale,
      seconds < SHORT_SECONDS
        ? {
            hour: '2-digit',
            minute: '2-digit',
            hourCycle: 'h23',
            ...(seconds < MINUTES_SECONDS ? { second: '2-digit' as const } : {}),
          }
        : { day: 'numeric', month: 'short' },
    )
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: true, live: true },
        cursor: { y: false },
        scales: { y: { range: (_, low, high) => [Math.min(0, low), Math.max(1, high * 1.08)] } },
        axes: [
          {
            ...axis,
            grid: { show: false },
            values: (_, at) => at.map(x => mark.format(x * 1_000)),
          },
          { ...axis, size: 46, values: (_, values) => values.map(number) },
        ],
        series: [
          { label: ' ', value: (_, at) => (at === null ? '' : dateTime(at * 1_000)) },
          {
            label: names[0],
            stroke: colour('--text'),
            width: 1.5,
            value: (_, units) => (units === null ? '–' : number(units)),
            points: { show: false },
            ...(stepped ? { paths: stepped } : {}),
          },
          {
            label: names[1],
            stroke: colour('--st-committed'),
            fill: `color-mix(in oklch, ${colour('--st-committed')} 22%, transparent)`,
            width: 1,
            value: (_, units) => (units === null ? '–' : number(units)),
            points: { show: false },
            ...(stepped ? { paths: stepped } : {}),
          },
        ],
        hooks: {
          // where nobody points, the legend says what is now
          setCursor: [chart => (chart.cursor.left ?? -1) < 0 && chart.setLegend({ idx: last })],
          draw: [
            ({ ctx, bbox, valToPos }) => {
              if (asOf === undefined) return
              const x = valToPos(new Date(asOf).getTime() / 1_000, 'x', true)
              ctx.save()
              ctx.strokeStyle = colour('--accent')
              ctx.lineWidth = devicePixelRatio
              ctx.beginPath()
              ctx.moveTo(x, bbox.top)
              ctx.lineTo(x, bbox.top + bbox.height)
              ctx.stroke()
              ctx.restore()
            },
          ],
        },
      },
      [series.at, series.onHand, series.reserved],
      element,
    )
    chart.setLegend({ idx: last })
    const watch = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: HEIGHT }),
    )
    watch.observe(element)
    return () => {
      watch.disconnect()
      chart.destroy()
    }
  }, [series, asOf, dark, names, locale])
  return <div ref={place} className="chart" role="img" aria-label={said} />
}

const TABLE_ROWS_MAX = 200

const AsTable = ({ series }: { series: Series }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { dateTime, number } = useFormat()
  const rows = series.at
    .map((at, n) => ({ at, n }))
    .slice(-TABLE_ROWS_MAX)
    .reverse()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="scroll chart-table" tabIndex={0} aria-label={t('chart')}>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            <th scope="col" className="r">
              {f('onHand')}
            </th>
            <th scope="col" className="r">
              {f('reserved')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, n }) => (
            <tr key={n}>
              <td>{dateTime(at * 1_000)}</td>
              <td className="r">{number(series.onHand[n] ?? 0)}</td>
              <td className="r">{number(series.reserved[n] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** How many were there and how many promised, over time: steps, since stock jumps. */
const StockChart = ({ sku, asOf }: { sku: string; asOf: string | undefined }) => {
  const t = useWords(words)
  const { dateTime } = useFormat()
  const [span, setSpan] = useState<Span>('days30')
  const [table, setTable] = useState(false)
  const levels = useLevels(sku)
  const recent = useRecent(sku, spans[span])
  const series = useMemo(() => {
    if (!levels.data || !recent.data) return undefined
    const now = levels.data.data.map(({ location, on_hand, reserved }) => ({
      location,
      on_hand,
      reserved,
    }))
    return seriesOf(now, recent.data, Date.now() - spans[span] * DAY)
  }, [levels.data, recent.data, span])
  const said = series
    ? t('chartSays', {
        from: dateTime((series.at[0] ?? 0) * 1_000),
        to: dateTime((series.at.at(-1) ?? 0) * 1_000),
        onHand: series.onHand.at(-1) ?? 0,
        reserved: series.reserved.at(-1) ?? 0,
      })
    : ''
  return (
    <Panel
      title={t('chart')}
      end={
        <>
          <button type="button" className="btn ghost sm wide" onClick={() => setTable(!table)}>
            {table ? t('asChart') : t('asTable')}
          </button>
          <Segments
            label={t('span')}
            value={span}
            onChange={setSpan}
            options={(Object.keys(spans) as Span[]).map(each => ({ value: each, title: t(each) }))}
          />
        </>
      }
    >
      <div className="body chart-body">
        {series === undefined ? null : table ? (
          <AsTable series={series} />
        ) : (
          <Drawing series={series} asOf={asOf} said={said} />
        )}
      </div>
    </Panel>
  )
}

export default StockChart
