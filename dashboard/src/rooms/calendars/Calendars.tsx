import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api } from '../../api/client.ts'
import { useList } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { ListTable } from '../../parts/ListTable.tsx'
import { NewButton } from '../../parts/NewButton.tsx'
import { Page } from '../../parts/Page.tsx'
import { CalendarDialog } from './CalendarDialog.tsx'
import { type Calendar, dayText, holidaysAhead, weekdayName } from './days.ts'
import { words } from './words.ts'

const pathOf = ({ code }: Calendar) => `/calendars/${encodeURIComponent(code)}`

const useCalendarColumns = (): Column<Calendar>[] => {
  const t = useWords(words)
  const { locale, number, list } = useFormat()
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('name'),
        width: 'minmax(140px, 1.4fr)',
        cell: calendar => (
          <div className="clip">
            <Link to={pathOf(calendar)}>{calendar.name}</Link>
          </div>
        ),
      },
      {
        id: 'code',
        title: t('code'),
        width: '120px',
        wide: true,
        cell: ({ code }) => <code>{code}</code>,
      },
      {
        id: 'days',
        title: t('workingDays'),
        width: 'minmax(190px, 1.6fr)',
        wide: true,
        cell: ({ working_days }) =>
          list.format(working_days.map(day => weekdayName(locale, day, 'short'))),
      },
      {
        id: 'next',
        title: t('next'),
        width: 'minmax(150px, 1.4fr)',
        cell: calendar => {
          const next = holidaysAhead(calendar)[0]
          if (next === undefined) return <span className="mut">{t('noneAhead')}</span>
          const [day, name] = [dayText(locale, next.day), next.name]
          return <div className="clip">{t('nextIs', { day, name })}</div>
        },
      },
      {
        id: 'locations',
        title: t('locations'),
        width: '90px',
        align: 'end',
        cell: ({ locations }) => number(locations),
      },
    ],
    [t, locale, number, list],
  )
}

/** On which days do we ship? */
const Calendars = () => {
  const t = useWords(words)
  const navigate = useNavigate()
  const may = useMay('stock')
  const [search, setSearch] = useAddress()
  const list = useList<Calendar>(['calendars', 'list'], (cursor, signal) =>
    api.GET('/v1/calendars', {
      params: { query: { sort: 'code', limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = useCalendarColumns()
  const empty = (
    <Empty
      icon="calendar"
      title={t('emptyTitle')}
      action={may ? <NewButton>{t('emptyDo')}</NewButton> : undefined}
    >
      {t('empty')}
    </Empty>
  )
  return (
    <Page
      title={t('title')}
      under={t('under')}
      fills
      actions={may && <NewButton>{t('newCalendar')}</NewButton>}
    >
      <section className="panel">
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={({ code }) => code}
          onOpen={calendar => navigate({ to: pathOf(calendar) })}
          empty={empty}
        />
      </section>
      {search['new'] && may && <CalendarDialog onClose={() => setSearch({ new: undefined })} />}
    </Page>
  )
}

export { Calendars as Page }
