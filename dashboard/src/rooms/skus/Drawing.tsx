import 'uplot/dist/uPlot.min.css'
import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import { frameWords } from '../../frame/catalogue.ts'
import { useIsDark } from '../../frame/theme.ts'
import { useWords } from '../../frame/words.ts'
import { useFormat } from '../../parts/format.ts'
import type { Series } from './series.ts'
import { words } from './words.ts'

const HEIGHT = 200
const SHORT_SECONDS = 2 * 86_400
const MINUTES_SECONDS = 900
const DASH = [5, 4]

type Format = ReturnType<typeof useFormat>
type Names = { onHand: string; reserved: string; expected: string }
type Colour = (name: string) => string

const colourOf = (element: Element, name: string): string => {
  const probe = document.createElement('i')
  probe.style.color = `var(${name})`
  element.append(probe)
  const colour = getComputedStyle(probe).color
  probe.remove()
  return colour
}

/** A point of the time axis as one writes it: the longer the time, the coarser. */
const markOf = ({ at }: Series, locale: string) => {
  const seconds = (at.at(-1) ?? 0) - (at[0] ?? 0)
  return new Intl.DateTimeFormat(
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
}

const axesOf = (series: Series, colour: Colour, { locale, number }: Format): uPlot.Axis[] => {
  const mark = markOf(series, locale)
  const axis = {
    stroke: colour('--text-3'),
    grid: { stroke: colour('--grid'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  }
  return [
    { ...axis, grid: { show: false }, values: (_, at) => at.map(x => mark.format(x * 1_000)) },
    { ...axis, size: 46, values: (_, values) => values.map(number) },
  ]
}

const linesOf = (
  { now, expected, onHand }: Series,
  names: Names,
  colour: Colour,
  { number, change, day, dateTime }: Format,
): uPlot.Series[] => {
  const stepped = uPlot.paths.stepped?.({ align: 1 })
  const value = (_: uPlot, units: number | null) => (units === null ? '–' : number(units))
  const line = { value, points: { show: false }, ...(stepped ? { paths: stepped } : {}) }
  const more = (expected?.at(-1) ?? 0) - (onHand[now] ?? 0)
  const dashed: uPlot.Series = {
    ...line,
    label: names.expected,
    stroke: colour('--text'),
    width: 1.5,
    dash: DASH,
    // at the present it says how many are still to come, after that how many will stand there
    value: (chart, units, _, at) => (at === now ? change(more) : value(chart, units)),
  }
  return [
    {
      label: ' ',
      value: (_, at, __, n) => (at === null ? '' : ((n ?? 0) > now ? day : dateTime)(at * 1_000)),
    },
    { ...line, label: names.onHand, stroke: colour('--text'), width: 1.5 },
    {
      ...line,
      label: names.reserved,
      stroke: colour('--st-committed'),
      fill: `color-mix(in oklch, ${colour('--st-committed')} 22%, transparent)`,
      width: 1,
    },
    ...(expected ? [dashed] : []),
  ]
}

/** What is dashed in the chart has a dashed mark in the legend. */
const markerOf = ({ series }: uPlot, of: number): string => (series[of]?.dash ? 'dashed' : 'solid')

/** A line from top to bottom at an instant, in seconds. */
const upright = ({ ctx, bbox, valToPos }: uPlot, at: number, stroke: string) => {
  const x = valToPos(at, 'x', true)
  ctx.save()
  ctx.strokeStyle = stroke
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.restore()
}

type Drawn = { series: Series; asOf: string | undefined; said: string }

/** The chart itself; what is expected is dashed, and the present is marked beside it. */
export const Drawing = ({ series, asOf, said }: Drawn) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const format = useFormat()
  const place = useRef<HTMLDivElement>(null)
  const dark = useIsDark()
  const names = useMemo(
    () => ({ onHand: f('onHand'), reserved: f('reserved'), expected: t('chartExpected') }),
    [f, t],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: dark changes what the colours are
  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    const colour = (name: string) => colourOf(element, name)
    const { at, now, expected } = series
    const marks = (chart: uPlot) => {
      if (expected) upright(chart, at[now] ?? 0, colour('--line-strong'))
      if (asOf) upright(chart, new Date(asOf).getTime() / 1_000, colour('--accent'))
    }
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: true, live: true, markers: { dash: markerOf } },
        cursor: { y: false },
        scales: { y: { range: (_, low, high) => [Math.min(0, low), Math.max(1, high * 1.08)] } },
        axes: axesOf(series, colour, format),
        series: linesOf(series, names, colour, format),
        hooks: {
          // where nobody points, the legend says what is now
          setCursor: [chart => (chart.cursor.left ?? -1) < 0 && chart.setLegend({ idx: now })],
          draw: [marks],
        },
      },
      [at, series.onHand, series.reserved, ...(expected ? [expected] : [])],
      element,
    )
    chart.setLegend({ idx: now })
    const watch = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: HEIGHT }),
    )
    watch.observe(element)
    return () => {
      watch.disconnect()
      chart.destroy()
    }
  }, [series, asOf, dark, names, format])
  return <div ref={place} className="chart" role="img" aria-label={said} />
}
