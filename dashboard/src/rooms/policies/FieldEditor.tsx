import { useWords } from '../../frame/words.ts'
import { DurationField } from '../../parts/Duration.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { type FieldName, groups, kinds, modes, silences, valueText } from './fields.ts'
import { words } from './words.ts'

export type Typed = Partial<Record<FieldName, string>>

type Edited = {
  name: FieldName
  value: string
  /** What holds when the rule says nothing of it. */
  inherited: string | undefined
  error: string | undefined
  onChange: (value: string) => void
}

type HelpName =
  | 'safety_stock'
  | 'backorder_cap'
  | 'lead_days_min'
  | 'scarce_below'
  | 'fail_open'
  | 'share_percent'
const helped = new Set<string>([
  'safety_stock',
  'backorder_cap',
  'lead_days_min',
  'scarce_below',
  'fail_open',
  'share_percent',
] satisfies HelpName[])

/** One field of a rule, in the control that fits it. */
const OneField = ({ name, value, inherited, error, onChange }: Edited) => {
  const t = useWords(words)
  const label = t(`f_${name}`)
  const help = helped.has(name) ? t(`h_${name as HelpName}`) : undefined
  const none = inherited ?? t('notSaid')
  const shared = { label, help, error, value, onChange }
  switch (kinds[name]) {
    case 'duration':
      return <DurationField {...shared} placeholder={inherited} />
    case 'date':
      return <TextField {...shared} type="date" />
    case 'mode':
      return (
        <SelectField
          {...shared}
          options={[
            { value: '', title: none },
            ...modes.map(mode => ({ value: mode as string, title: t(`mode_${mode}`) })),
          ]}
        />
      )
    case 'silence':
      return (
        <SelectField
          {...shared}
          options={[
            { value: '', title: none },
            ...silences.map(each => ({ value: each as string, title: t(`silence_${each}`) })),
          ]}
        />
      )
    case 'switch':
      return (
        <SelectField
          {...shared}
          options={[
            { value: '', title: none },
            { value: 'yes', title: t('yes') },
            { value: 'no', title: t('no') },
          ]}
        />
      )
    default:
      return <TextField {...shared} type="number" placeholder={inherited} />
  }
}

/** All fields of a rule, by what they are about. */
export const FieldEditor = (props: {
  typed: Typed
  inherited: Partial<Record<FieldName, string | number | boolean | null>>
  wrong: { field?: string; text: string } | undefined
  onChange: (name: FieldName, value: string) => void
}) => {
  const { typed, inherited, wrong, onChange } = props
  const t = useWords(words)
  const format = useFormat()
  return (
    <>
      {groups.map(({ name: group, fields }) => (
        <fieldset key={group} className="group">
          <legend>{t(`group_${group}`)}</legend>
          <div className="grid2">
            {fields.map(name => {
              const value = inherited[name]
              return (
                <OneField
                  key={name}
                  name={name}
                  value={typed[name] ?? ''}
                  inherited={
                    value === undefined || value === null
                      ? undefined
                      : valueText(t, format, name, value)
                  }
                  error={wrong?.field === name ? wrong.text : undefined}
                  onChange={next => onChange(name, next)}
                />
              )
            })}
          </div>
        </fieldset>
      ))}
    </>
  )
}
