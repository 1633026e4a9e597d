import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { api, type Movement } from '../../api/client.ts'
import { answerOf } from '../../api/problem.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useWords } from '../../frame/words.ts'
import { Segments } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { Panel } from '../../parts/Page.tsx'
import { Drawing } from './Drawing.tsx'
import { expectedOf } from './expected.ts'
import { useExpected, useLevels } from './reads.ts'
import { MOVEMENTS_MAX, type Series, seriesOf, withExpected } from './series.ts'
import { words } from './words.ts'

const DAY = 86_400_000
const PAGE = 250
const spans = { days7: 7, days30: 30, days90: 90 } as const
type Span = keyof typeof spans

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

const TABLE_ROWS_MAX = 200

/** Each time as its row says it: days to come as days, times of one minute with their seconds. */
const useTimes = ({ at, now }: Series): string[] => {
  const { day, dateTime, dateExact } = useFormat()
  const minutes = at.map(each => Math.floor(each / 60))
  return at.map((each, n) => {
    if (n > now) return day(each * 1_000)
    const repeats = minutes[n] === minutes[n - 1] || minutes[n] === minutes[n + 1]
    return (repeats ? dateExact : dateTime)(each * 1_000)
  })
}

const AsTable = ({ series }: { series: Series }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { number } = useFormat()
  const times = useTimes(series)
  const columns = [
    [f('onHand'), series.onHand],
    [f('reserved'), series.reserved],
    ...(series.expected ? [[t('chartExpected'), series.expected] as const] : []),
  ] as const
  const rows = times
    .map((time, n) => ({ time, n }))
    .slice(0, series.expected ? -1 : undefined) // the last point only gives the last step room
    .slice(-TABLE_ROWS_MAX)
    .reverse()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="scroll chart-table" tabIndex={0} aria-label={t('chart')}>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            {columns.map(([title]) => (
              <th scope="col" className="r" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, n }) => (
            <tr key={n}>
              <td>{time}</td>
              {columns.map(([title, units]) => (
                <td className="r" key={title}>
                  {units[n] == null ? '–' : number(units[n])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Its past, its present, and what is booked to come. */
const useSeries = (sku: string, days: number): Series | undefined => {
  const levels = useLevels(sku)
  const recent = useRecent(sku, days)
  const supply = useExpected(sku)
  return useMemo(() => {
    if (!levels.data || !recent.data || supply.isPending) return undefined
    const now = Date.now()
    const onHand = levels.data.data.reduce((all, level) => all + level.on_hand, 0)
    const steps = expectedOf(supply.data?.data ?? [], onHand, now)
    const shown = { from: now - days * DAY, now, until: steps.at(-1)?.at ?? now }
    return withExpected(seriesOf(levels.data.data, recent.data, shown), steps)
  }, [levels.data, recent.data, supply.data, supply.isPending, days])
}

const useSaid = () => {
  const t = useWords(words)
  const { dateTime, day } = useFormat()
  return ({ at, now, onHand, reserved, expected }: Series): string => {
    const said = t('chartSays', {
      from: dateTime((at[0] ?? 0) * 1_000),
      to: dateTime((at[now] ?? 0) * 1_000),
      onHand: onHand[now] ?? 0,
      reserved: reserved[now] ?? 0,
    })
    if (!expected) return said
    // the last point only gives the last step some room
    const end = day((at.at(-2) ?? 0) * 1_000)
    return `${said} ${t('chartExpects', { day: end, count: expected.at(-1) ?? 0 })}`
  }
}

/** How many were there, how many promised, how many come: steps, since stock jumps. */
const StockChart = ({ sku, asOf }: { sku: string; asOf: string | undefined }) => {
  const t = useWords(words)
  const [span, setSpan] = useState<Span>('days30')
  const [table, setTable] = useState(false)
  const series = useSeries(sku, spans[span])
  const said = useSaid()
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
          <Drawing series={series} asOf={asOf} said={said(series)} />
        )}
      </div>
    </Panel>
  )
}

export default StockChart
