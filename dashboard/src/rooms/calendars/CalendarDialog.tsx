import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { type Calendar, weekdayName, weekdays } from './days.ts'
import { words } from './words.ts'

type Typed = { code: string; name: string; days: number[] }

const keep = (calendar: Calendar | undefined, { code, name, days }: Typed) => {
  const fields = { working_days: days, ...(name && { name }) }
  if (calendar === undefined) return api.POST('/v1/calendars', { body: { code, ...fields } })
  return api.PATCH('/v1/calendars/{code}', {
    params: { path: { code: calendar.code } },
    body: { ...fields, ...(code !== calendar.code && { to: code }) },
  })
}

const Weekdays = (props: { chosen: number[]; onChange: (days: number[]) => void }) => {
  const { chosen, onChange } = props
  const t = useWords(words)
  const { locale } = useFormat()
  return (
    <fieldset className="stack tight">
      <legend className="label">{t('workingDays')}</legend>
      <div className="row wrap gap4">
        {weekdays.map(day => {
          const on = chosen.includes(day)
          return (
            <button
              key={day}
              type="button"
              className={on ? 'chip on' : 'chip'}
              aria-pressed={on}
              onClick={() =>
                onChange(on ? chosen.filter(each => each !== day) : [...chosen, day].sort())
              }
            >
              {weekdayName(locale, day, 'short')}
            </button>
          )
        })}
      </div>
    </fieldset>
  )
}

/** Makes a calendar, or changes it. */
export const CalendarDialog = (props: { calendar?: Calendar; onClose: () => void }) => {
  const { calendar, onClose } = props
  const t = useWords(words)
  const navigate = useNavigate()
  const [typed, setTyped] = useState<Typed>({
    code: calendar?.code ?? '',
    name: calendar?.name ?? '',
    days: calendar?.working_days ?? [1, 2, 3, 4, 5],
  })
  const save = useWrite((typed: Typed) => keep(calendar, typed), ['calendars', 'locations'], {
    quiet: true,
  })
  const submit = () =>
    save.mutate(typed, {
      onSuccess: ({ code, name }) => {
        tell({ text: t(calendar === undefined ? 'madeIt' : 'saved', { name }) })
        onClose()
        navigate({ to: `/calendars/${encodeURIComponent(code)}` })
      },
    })
  const ready = typed.code !== '' && typed.days.length > 0 && !save.isPending
  return (
    <Dialog
      title={t(calendar === undefined ? 'newCalendar' : 'edit')}
      onClose={onClose}
      onSubmit={() => ready && submit()}
      foot={
        <DialogFoot
          does={t(calendar === undefined ? 'make' : 'save')}
          ready={ready}
          busy={save.isPending}
          onClose={onClose}
        />
      }
    >
      <TextField
        label={t('code')}
        value={typed.code}
        onChange={code => setTyped({ ...typed, code })}
        maxLength={100}
        required
        autoFocus
        mono
      />
      <TextField
        label={t('name')}
        value={typed.name}
        onChange={name => setTyped({ ...typed, name })}
        maxLength={255}
      />
      <Weekdays chosen={typed.days} onChange={days => setTyped({ ...typed, days })} />
      <p className="t12 mut">{t('keepsPromises')}</p>
      {save.error && <Refusal problem={save.error} />}
    </Dialog>
  )
}
