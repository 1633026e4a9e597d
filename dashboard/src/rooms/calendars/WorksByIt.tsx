import { type FormEvent, useState } from 'react'
import { api, type Location } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { useLocations } from '../../parts/LocationName.tsx'
import { Panel } from '../../parts/Page.tsx'
import type { Calendar } from './days.ts'
import { words } from './words.ts'

/** Lets one more location work by the calendar. */
const Assign = ({ calendar, others }: { calendar: Calendar; others: Location[] }) => {
  const t = useWords(words)
  const [code, setCode] = useState('')
  const [cutOff, setCutOff] = useState('')
  const assign = useWrite(
    (asked: { code: string; cutOff: string }) =>
      api.PATCH('/v1/locations/{code}', {
        params: { path: { code: asked.code } },
        body: { calendar: calendar.code, ...(asked.cutOff && { cut_off: asked.cutOff }) },
      }),
    ['locations', 'calendars'],
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    assign.mutate(
      { code, cutOff },
      {
        onSuccess: ({ name }) => {
          tell({ text: t('assigned', { location: name, calendar: calendar.name }) })
          setCode('')
        },
      },
    )
  }
  return (
    <form className="asks ruled" onSubmit={submit}>
      <SelectField
        label={t('assign')}
        value={code}
        onChange={setCode}
        options={[
          { value: '', title: '–' },
          ...others.map(({ code: value, name: title }) => ({ value, title })),
        ]}
      />
      <TextField label={t('cutOff')} value={cutOff} onChange={setCutOff} placeholder="14:00" />
      <button type="submit" className="btn" disabled={code === '' || assign.isPending}>
        {t('assignDo')}
      </button>
    </form>
  )
}

/** Which locations work by the calendar, and until what time of the day. */
export const WorksByIt = ({ calendar }: { calendar: Calendar }) => {
  const t = useWords(words)
  const may = useMay('stock')
  const locations = useLocations()
  return (
    <Panel title={t('useBy')}>
      <Answer of={locations} rows={2}>
        {({ data }) => {
          const here = data.filter(location => location.calendar === calendar.code)
          const others = data.filter(location => location.calendar !== calendar.code)
          return (
            <>
              {here.length === 0 && <p className="body mut">{t('useNone')}</p>}
              <ul className="lines">
                {here.map(location => (
                  <li key={location.code} className="two">
                    <b>{location.name}</b>
                    <span>
                      {location.time_zone},{' '}
                      {location.cut_off === null
                        ? t('noCutOff')
                        : t('cutOffAt', { time: location.cut_off })}
                    </span>
                  </li>
                ))}
              </ul>
              {may && others.length > 0 && <Assign calendar={calendar} others={others} />}
            </>
          )
        }}
      </Answer>
    </Panel>
  )
}
