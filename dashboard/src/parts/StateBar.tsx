import { frameWords } from '../frame/catalogue.ts'
import { useWords } from '../frame/words.ts'
import { useFormat } from './format.ts'

/** The states of units, always in this order and with these fills. */
export const unitStates = [
  ['committed', 'sb-c'],
  ['held', 'sb-h'],
  ['unavailable', 'sb-u'],
  ['available', 'sb-a'],
  ['short', 'sb-s'],
  ['incoming', 'sb-i'],
] as const

export type UnitState = (typeof unitStates)[number][0]
export type Units = Partial<Record<UnitState, number>>

export const unitsOf = (level: {
  committed: number
  held: number
  overdue?: number
  damaged: number
  quality_control: number
  set_aside: number
  available: number
  shortage: number
}): Units => ({
  committed: Math.max(0, level.committed - level.shortage),
  held: level.held - (level.overdue ?? 0),
  unavailable: level.damaged + level.quality_control + level.set_aside,
  available: Math.max(0, level.available),
  short: level.shortage,
})

type Drawn = { units: Units; large?: boolean; share?: number; fixed?: boolean }

/** Units by state as one bar; `share` scales it against the largest beside it. */
export const StateBar = ({ units, large = false, share = 1 }: Drawn) => {
  const t = useWords(frameWords)
  const { number, joined } = useFormat()
  const shown = unitStates.filter(([state]) => (units[state] ?? 0) > 0)
  const said = joined(shown.map(([state]) => `${t(state)} ${number(units[state] ?? 0)}`))
  return (
    <div
      className={large ? 'sbar lg' : 'sbar'}
      style={{ inlineSize: `${Math.max(2, share * 100)}%` }}
      role="img"
      aria-label={said === '' ? t('noUnits') : said}
    >
      {shown.map(([state, fill]) => (
        <i key={state} className={fill} style={{ flex: units[state] ?? 0 }} />
      ))}
    </div>
  )
}

export const StateLegend = ({ states }: { states?: UnitState[] }) => {
  const t = useWords(frameWords)
  const asked = states ?? ['committed', 'held', 'unavailable', 'available']
  return (
    <div className="legend">
      {unitStates
        .filter(([state]) => asked.includes(state))
        .map(([state, fill]) => (
          <span key={state}>
            <i className={fill} />
            {t(state)}
          </span>
        ))}
    </div>
  )
}
