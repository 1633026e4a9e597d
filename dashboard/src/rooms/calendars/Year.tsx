import { useWords } from '../../frame/words.ts'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { Panel } from '../../parts/Page.tsx'
import { type Calendar, monthCells, monthName, weekdayName, weekdays } from './days.ts'
import { words } from './words.ts'

const MONTHS = 12

type Shown = { calendar: Calendar; year: number; month: number; holidays: Map<string, string> }

const Month = ({ calendar, year, month, holidays }: Shown) => {
  const t = useWords(words)
  const { locale, joined } = useFormat()
  const { empty, cells } = monthCells(year, month)
  const today = new Date().toISOString().slice(0, 10)
  const kindOf = (day: string, weekday: number) => {
    if (holidays.has(day)) return 'holiday'
    return calendar.working_days.includes(weekday) ? 'works' : 'rests'
  }
  const named = cells.flatMap(({ day, date }) => {
    const name = holidays.get(day)
    return name === undefined ? [] : [`${date} ${name}`]
  })
  return (
    <div
      className="month"
      role="img"
      aria-label={joined([monthName(locale, year, month), ...named])}
    >
      <h3>{monthName(locale, year, month)}</h3>
      <div className="month-days" aria-hidden="true">
        {weekdays.map(day => (
          <span key={`h${day}`} className="mut t11">
            {weekdayName(locale, day, 'narrow')}
          </span>
        ))}
        {empty > 0 && <span style={{ gridColumn: `span ${empty}` }} />}
        {cells.map(({ day, date, weekday }) => {
          const kind = kindOf(day, weekday)
          return (
            <span
              key={day}
              className={`day ${kind}${day === today ? ' today' : ''}`}
              title={holidays.get(day) ?? t(kind)}
            >
              {date}
            </span>
          )
        })}
      </div>
    </div>
  )
}

/** A year at a glance: days that ship, days that do not, and why. */
export const Year = (props: {
  calendar: Calendar
  year: number
  onYear: (year: number) => void
}) => {
  const { calendar, year, onYear } = props
  const t = useWords(words)
  const holidays = new Map(calendar.holidays.map(({ day, name }) => [day, name]))
  return (
    <Panel
      title={String(year)}
      end={
        <>
          <button
            type="button"
            className="btn icon sm"
            aria-label={t('previousYear')}
            onClick={() => onYear(year - 1)}
          >
            <Icon name="left" size={12} />
          </button>
          <button
            type="button"
            className="btn icon sm"
            aria-label={t('nextYear')}
            onClick={() => onYear(year + 1)}
          >
            <Icon name="right" size={12} />
          </button>
        </>
      }
      foot={
        <div className="legend">
          <span>
            <i className="day works" />
            {t('legendWork')}
          </span>
          <span>
            <i className="day rests" />
            {t('legendRest')}
          </span>
          <span>
            <i className="day holiday" />
            {t('legendHoliday')}
          </span>
        </div>
      }
    >
      <div className="body year">
        {Array.from({ length: MONTHS }, (_, month) => (
          <Month key={month} calendar={calendar} year={year} month={month} holidays={holidays} />
        ))}
      </div>
    </Panel>
  )
}
