import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { PicksField, SelectField, TextField } from '../../parts/Field.tsx'
import { useLocationChoices } from '../../parts/LocationName.tsx'
import { words } from './words.ts'

export type Channel = Schemas['Channel']
export const channelKinds = ['web', 'pos', 'marketplace', 'wholesale'] as const
type Kind = (typeof channelKinds)[number]

type Typed = { code: string; name: string; kind: Kind; from: string[] }

/** None: all locations. */
const locationsOf = (from: string[]): string[] | null => (from.length === 0 ? null : from)

const keep = (channel: Channel | undefined, { code, name, kind, from }: Typed) =>
  channel === undefined
    ? api.POST('/v1/channels', {
        body: { code, kind, locations: locationsOf(from), ...(name && { name }) },
      })
    : api.PATCH('/v1/channels/{code}', {
        params: { path: { code: channel.code } },
        body: {
          ...{ name, kind, locations: locationsOf(from) },
          ...(code !== channel.code && { to: code }),
        },
      })

/** Makes a channel, or changes it. */
export const ChannelDialog = (props: { channel?: Channel; onClose: () => void }) => {
  const { channel, onClose } = props
  const t = useWords(words)
  const navigate = useNavigate()
  const places = useLocationChoices()
  const [typed, setTyped] = useState<Typed>({
    code: channel?.code ?? '',
    name: channel?.name ?? '',
    kind: channel?.kind ?? 'web',
    from: channel?.locations ?? [],
  })
  const save = useWrite((typed: Typed) => keep(channel, typed), ['channels'], { quiet: true })
  const submit = () =>
    save.mutate(typed, {
      onSuccess: ({ code, name }) => {
        tell({ text: t(channel === undefined ? 'madeIt' : 'saved', { name }) })
        onClose()
        navigate({ to: `/channels/${encodeURIComponent(code)}` })
      },
    })
  return (
    <Dialog
      title={t(channel === undefined ? 'newChannel' : 'edit')}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot
          does={t(channel === undefined ? 'make' : 'save')}
          ready={typed.code !== ''}
          busy={save.isPending}
          onClose={onClose}
        />
      }
    >
      <TextField
        label={t('code')}
        value={typed.code}
        onChange={code => setTyped({ ...typed, code })}
        help={t('codeHelp')}
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
      <SelectField
        label={t('kind')}
        value={typed.kind}
        options={channelKinds.map(kind => ({ value: kind, title: t(`kind_${kind}`) }))}
        onChange={kind => setTyped({ ...typed, kind })}
      />
      <PicksField
        label={t('from')}
        help={t('fromHelp')}
        options={places}
        chosen={typed.from}
        onChange={from => setTyped({ ...typed, from })}
      />
      {save.error && <Refusal problem={save.error} />}
    </Dialog>
  )
}
