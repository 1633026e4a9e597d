import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { Field, PicksField, TextField } from '../../parts/Field.tsx'
import { useLocationChoices } from '../../parts/LocationName.tsx'
import { Secret } from '../../parts/Secret.tsx'
import { words } from './words.ts'

export type Endpoint = Schemas['Webhook']

type Typed = {
  url: string
  description: string
  types: string[]
  skus: string
  locations: string[]
}

const firstTyped = (endpoint?: Endpoint): Typed => ({
  url: endpoint?.url ?? '',
  description: endpoint?.description ?? '',
  types: endpoint?.types ?? [],
  skus: (endpoint?.skus ?? []).join('\n'),
  locations: endpoint?.locations ?? [],
})

const bodyOf = ({ url, description, types, skus, locations }: Typed) => ({
  url,
  ...(description && { description }),
  types,
  locations,
  skus: skus
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== ''),
})

/** The secret of an endpoint, this once. */
export const SecretDialog = (props: { url: string; secret: string; onClose: () => void }) => {
  const { url, secret, onClose } = props
  const t = useWords(words)
  return (
    <Dialog
      title={t('secretTitle', { url })}
      stays
      onClose={onClose}
      onSubmit={onClose}
      size={560}
      foot={
        <button type="submit" className="btn primary">
          {t('secretDone')}
        </button>
      }
    >
      <p>{t('secretHelp')}</p>
      <Secret text={secret} label={t('secret')} />
    </Dialog>
  )
}

const EndpointFields = (props: { typed: Typed; onChange: (typed: Typed) => void }) => {
  const { typed, onChange } = props
  const t = useWords(words)
  const types = useRead(['events', 'types'], signal => api.GET('/v1/events/types', { signal }))
  const locations = useLocationChoices()
  return (
    <>
      <TextField
        label={t('address')}
        type="url"
        value={typed.url}
        onChange={url => onChange({ ...typed, url })}
        help={t('addressHelp')}
        placeholder="https://shop.example/hooks"
        maxLength={2000}
        required
        autoFocus
      />
      <TextField
        label={t('description')}
        value={typed.description}
        onChange={description => onChange({ ...typed, description })}
        maxLength={255}
      />
      <PicksField
        label={t('types')}
        help={t('typesHelp')}
        options={(types.data?.data ?? []).map(({ type }) => ({ value: type, title: type }))}
        chosen={typed.types}
        onChange={chosen => onChange({ ...typed, types: chosen })}
      />
      <PicksField
        label={t('locations')}
        options={locations}
        chosen={typed.locations}
        onChange={chosen => onChange({ ...typed, locations: chosen })}
      />
      <Field label={t('skus')} help={t('skusHelp')}>
        {id => (
          <textarea
            id={id}
            className="input mono"
            rows={2}
            value={typed.skus}
            onChange={event => onChange({ ...typed, skus: event.target.value })}
          />
        )}
      </Field>
    </>
  )
}

const keep = (endpoint: Endpoint | undefined, typed: Typed) =>
  endpoint === undefined
    ? api.POST('/v1/webhooks', { body: bodyOf(typed) as never })
    : api.PATCH('/v1/webhooks/{endpoint_id}', {
        params: { path: { endpoint_id: String(endpoint.endpoint_id) } },
        body: bodyOf(typed) as never,
      })

/** Makes an endpoint, and shows its secret; or changes one. */
export const EndpointDialog = (props: { endpoint?: Endpoint; onClose: () => void }) => {
  const { endpoint, onClose } = props
  const t = useWords(words)
  const navigate = useNavigate()
  const [typed, setTyped] = useState(firstTyped(endpoint))
  const save = useWrite((typed: Typed) => keep(endpoint, typed), ['webhooks', 'audit_log'], {
    quiet: true,
  })
  const made = save.data as (Endpoint & { secret?: string }) | undefined
  const leave = () => {
    onClose()
    if (made && endpoint === undefined) navigate({ to: `/webhooks/${made.endpoint_id}` })
  }
  if (made?.secret !== undefined) {
    return <SecretDialog url={made.url} secret={made.secret} onClose={leave} />
  }
  const submit = () =>
    save.mutate(typed, {
      onSuccess: () => {
        if (endpoint === undefined) return
        tell({ text: t('saved') })
        onClose()
      },
    })
  const ready = typed.url !== '' && !save.isPending
  return (
    <Dialog
      title={t(endpoint === undefined ? 'newEndpoint' : 'edit')}
      onClose={onClose}
      onSubmit={() => ready && submit()}
      size={560}
      foot={
        <DialogFoot
          does={t(endpoint === undefined ? 'make' : 'save')}
          ready={ready}
          busy={save.isPending}
          onClose={onClose}
        />
      }
    >
      <EndpointFields typed={typed} onChange={setTyped} />
      {save.error && <Refusal problem={save.error} />}
    </Dialog>
  )
}
