import { useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { Field, SelectField, TextField } from '../../parts/Field.tsx'
import { publishableWords } from './publishableWords.ts'

export type PublishableKey = Schemas['PublishableKey']

const UNITS_MAX = '20'
const LINES_MAX = '50'
const CALLS_MAX = '300'

const typedOf = (key?: PublishableKey) => ({
  name: key?.name ?? '',
  origins: (key?.origins ?? []).join('\n'),
  channel: key?.channel ?? '',
  units: key === undefined ? UNITS_MAX : String(key.units_max),
  lines: key === undefined ? LINES_MAX : String(key.lines_max),
  shown: key?.shown_max === null || key === undefined ? '' : String(key.shown_max),
  calls: key === undefined ? CALLS_MAX : String(key.calls_per_minute),
})

type Typed = ReturnType<typeof typedOf>

const bodyOf = ({ name, origins, channel, units, lines, shown, calls }: Typed) => ({
  name,
  origins: origins
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== ''),
  channel: channel === '' ? null : channel,
  units_max: Number(units),
  lines_max: Number(lines),
  shown_max: shown === '' ? null : Number(shown),
  calls_per_minute: Number(calls),
})

const keep = (key: PublishableKey | undefined, typed: Typed) =>
  key === undefined
    ? api.POST('/v1/publishable-keys', { body: bodyOf(typed) })
    : api.PATCH('/v1/publishable-keys/{key_id}', {
        params: { path: { key_id: key.key_id } },
        body: bodyOf(typed),
      })

const Limits = ({ typed, onChange }: { typed: Typed; onChange: (typed: Typed) => void }) => {
  const t = useWords(publishableWords)
  const channels = useRead(['channels', 'codes'], signal =>
    api.GET('/v1/channels', { params: { query: { limit: 250 } }, signal }),
  )
  const of = (name: keyof Typed) => ({
    type: 'number' as const,
    value: typed[name],
    onChange: (value: string) => onChange({ ...typed, [name]: value }),
  })
  return (
    <>
      <SelectField
        label={t('channel')}
        value={typed.channel}
        options={[
          { value: '', title: t('any') },
          ...(channels.data?.data ?? []).map(({ code: value, name: title }) => ({ value, title })),
        ]}
        onChange={channel => onChange({ ...typed, channel })}
        help={t('channelHelp')}
      />
      <div className="grid2">
        <TextField label={t('unitsMax')} {...of('units')} />
        <TextField label={t('linesMax')} {...of('lines')} />
        <TextField label={t('shownMax')} help={t('shownMaxHelp')} {...of('shown')} />
        <TextField label={t('calls')} {...of('calls')} />
      </div>
    </>
  )
}

/** Makes a key for the pages of a shop, or changes one. */
export const PublishableDialog = (props: { publishable?: PublishableKey; onClose: () => void }) => {
  const { publishable, onClose } = props
  const t = useWords(publishableWords)
  const [typed, setTyped] = useState(typedOf(publishable))
  const save = useWrite(
    (typed: Typed) => keep(publishable, typed),
    ['publishable_keys', 'audit_log'],
    { quiet: true },
  )
  const made = publishable === undefined
  const ready = typed.name.trim() !== '' && typed.origins.trim() !== '' && !save.isPending
  const submit = () =>
    save.mutate(typed, {
      onSuccess: ({ name }) => {
        tell({ text: t(made ? 'madeIt' : 'saved', { name }) })
        onClose()
      },
    })
  return (
    <Dialog
      title={t(made ? 'newKey' : 'edit')}
      onClose={onClose}
      onSubmit={() => ready && submit()}
      foot={
        <DialogFoot
          does={t(made ? 'make' : 'save')}
          ready={ready}
          busy={save.isPending}
          onClose={onClose}
        />
      }
    >
      <TextField
        label={t('name')}
        value={typed.name}
        onChange={name => setTyped({ ...typed, name })}
        maxLength={255}
        required
        autoFocus
      />
      <Field label={t('origins')} help={t('originsHelp')}>
        {id => (
          <textarea
            id={id}
            className="input mono"
            rows={2}
            placeholder="https://shop.example"
            value={typed.origins}
            onChange={event => setTyped({ ...typed, origins: event.target.value })}
          />
        )}
      </Field>
      <Limits typed={typed} onChange={setTyped} />
      {save.error && <Refusal problem={save.error} />}
    </Dialog>
  )
}
