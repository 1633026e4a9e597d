import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useAddress, useParam } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Empty } from '../../parts/Answers.tsx'
import { Confirm } from '../../parts/Confirm.tsx'
import { TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { CalendarDialog } from './CalendarDialog.tsx'
import { dayText, type Calendar as Shown } from './days.ts'
import { WorksByIt } from './WorksByIt.tsx'
import { words } from './words.ts'
import { Year } from './Year.tsx'

type Holiday = { day: string; name: string }

const useHolidays = ({ code }: Shown) => {
  const add = useWrite(
    (holiday: Holiday) =>
      api.POST('/v1/calendars/{code}/holidays', {
        params: { path: { code } },
        body: { holidays: [holiday] },
      }),
    ['calendars'],
  )
  const takeOut = useWrite(
    ({ day }: Holiday) =>
      api.DELETE('/v1/calendars/{code}/holidays/{day}', { params: { path: { code, day } } }),
    ['calendars'],
  )
  return { add, takeOut }
}

/** Holidays of one year, each of which can be taken out, and a line for the next. */
const Holidays = ({ calendar, year }: { calendar: Shown; year: number }) => {
  const t = useWords(words)
  const { locale } = useFormat()
  const may = useMay('stock')
  const { add, takeOut } = useHolidays(calendar)
  const [typed, setTyped] = useState<Holiday>({ day: '', name: '' })
  const said = ({ day, name }: Holiday) => ({ day: dayText(locale, day), name })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(typed, {
      onSuccess: () => {
        tell({ text: t('added', said(typed)), undo: () => takeOut.mutate(typed) })
        setTyped({ day: '', name: '' })
      },
    })
  }
  const drop = (holiday: Holiday) =>
    takeOut.mutate(holiday, {
      onSuccess: () =>
        tell({ text: t('takenOut', said(holiday)), undo: () => add.mutate(holiday) }),
    })
  const shown = calendar.holidays.filter(({ day }) => day.startsWith(`${year}-`))
  return (
    <Panel title={t('holidays')}>
      {shown.length === 0 && (
        <Empty icon="calendar" title={t('noHolidays', { year: String(year) })}>
          {t('noHolidaysHelp')}
        </Empty>
      )}
      <ul className="lines">
        {shown.map(holiday => (
          <li key={holiday.day} className="row">
            <span className="grow el1">{holiday.name}</span>
            <time className="mut nowrap">{dayText(locale, holiday.day)}</time>
            {may && (
              <button
                type="button"
                className="btn ghost icon sm"
                aria-label={t('takeOut', { name: holiday.name })}
                onClick={() => drop(holiday)}
              >
                <Icon name="cross" size={12} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {may && (
        <form className="asks ruled" onSubmit={submit}>
          <TextField
            label={t('day')}
            type="date"
            value={typed.day}
            onChange={day => setTyped({ ...typed, day })}
            required
          />
          <TextField
            label={t('holidayName')}
            value={typed.name}
            onChange={name => setTyped({ ...typed, name })}
            maxLength={255}
            required
          />
          <button type="submit" className="btn" disabled={add.isPending}>
            {t('addHoliday')}
          </button>
        </form>
      )}
    </Panel>
  )
}

const Remove = ({ calendar, onClose }: { calendar: Shown; onClose: () => void }) => {
  const t = useWords(words)
  const navigate = useNavigate()
  const { code, name } = calendar
  const remove = useWrite(
    () => api.DELETE('/v1/calendars/{code}', { params: { path: { code } } }),
    ['calendars'],
    { quiet: true },
  )
  const run = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        tell({ text: t('removed', { name }) })
        navigate({ to: '/calendars' })
      },
    })
  return (
    <Confirm
      title={t('removeTitle', { name })}
      does={t('remove')}
      busy={remove.isPending}
      problem={remove.error}
      onDo={run}
      onClose={onClose}
    >
      {t('removeHelp')}
    </Confirm>
  )
}

const Actions = ({ calendar }: { calendar: Shown }) => {
  const t = useWords(words)
  const [open, setOpen] = useState<'edit' | 'remove' | undefined>()
  const close = () => setOpen(undefined)
  return (
    <>
      <button type="button" className="btn" onClick={() => setOpen('edit')}>
        {t('edit')}
      </button>
      <button type="button" className="btn danger" onClick={() => setOpen('remove')}>
        {t('remove')}
      </button>
      {open === 'edit' && <CalendarDialog calendar={calendar} onClose={close} />}
      {open === 'remove' && <Remove calendar={calendar} onClose={close} />}
    </>
  )
}

/** When does who works by this calendar ship? */
const Calendar = () => {
  const code = useParam('calendar')
  const t = useWords(words)
  const may = useMay('stock')
  const [search, setSearch] = useAddress()
  const year = Number(search['year'] ?? new Date().getFullYear())
  const calendar = useRead(['calendars', code], signal =>
    api.GET('/v1/calendars/{code}', { params: { path: { code } }, signal }),
  )
  const { data } = calendar
  return (
    <Page
      title={data?.name ?? code}
      under={data && t('locationsCount', { count: data.locations })}
      above={[{ title: t('title'), to: '/calendars' }]}
      actions={may && data ? <Actions calendar={data} /> : undefined}
    >
      <Answer of={calendar}>
        {found => (
          <div className="cols">
            <div className="c8">
              <Year
                calendar={found}
                year={year}
                onYear={next => setSearch({ year: String(next) })}
              />
            </div>
            <div className="stack c4">
              <Holidays calendar={found} year={year} />
              <WorksByIt calendar={found} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

export { Calendar as Page }
