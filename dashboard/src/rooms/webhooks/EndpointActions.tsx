import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Confirm } from '../../parts/Confirm.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Menu } from '../../parts/Menu.tsx'
import { type Endpoint, EndpointDialog, SecretDialog } from './EndpointDialog.tsx'
import { words } from './words.ts'

const changes = ['webhooks', 'deliveries', 'audit_log']

const useVerbs = ({ endpoint_id }: Endpoint) => {
  const params = { path: { endpoint_id: String(endpoint_id) } }
  return {
    ping: useWrite(() => api.POST('/v1/webhooks/{endpoint_id}/ping', { params }), changes),
    pause: useWrite(() => api.POST('/v1/webhooks/{endpoint_id}/pause', { params }), changes),
    resume: useWrite(() => api.POST('/v1/webhooks/{endpoint_id}/resume', { params }), changes),
    rotate: useWrite(
      () => api.POST('/v1/webhooks/{endpoint_id}/rotate', { params, body: {} }),
      changes,
      { quiet: true },
    ),
    remove: useWrite(() => api.DELETE('/v1/webhooks/{endpoint_id}', { params }), changes, {
      quiet: true,
    }),
  }
}

/** What can be done with an endpoint. */
export const EndpointActions = ({ endpoint }: { endpoint: Endpoint }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const navigate = useNavigate()
  const [open, setOpen] = useState<'edit' | 'rotate' | 'remove' | undefined>()
  const { ping, pause, resume, rotate, remove } = useVerbs(endpoint)
  const close = () => setOpen(undefined)
  const goOn = () => resume.mutate(undefined, { onSuccess: () => tell({ text: t('resumed') }) })
  const stop = () =>
    pause.mutate(undefined, { onSuccess: () => tell({ text: t('paused'), undo: goOn }) })
  const test = () => ping.mutate(undefined, { onSuccess: () => tell({ text: t('pinged') }) })
  const drop = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        tell({ text: t('removed') })
        navigate({ to: '/webhooks' })
      },
    })
  const secret = rotate.data?.secret
  const paused = endpoint.state === 'paused'
  return (
    <>
      {paused ? (
        <button type="button" className="btn primary" onClick={goOn}>
          {t('resume')}
        </button>
      ) : (
        <button type="button" className="btn primary" onClick={test} disabled={ping.isPending}>
          {t('ping')}
        </button>
      )}
      <Menu
        button={
          <button type="button" className="btn icon" aria-label={f('more')}>
            <Icon name="more" size={14} />
          </button>
        }
        entries={[
          { title: t('edit'), icon: 'pencil', run: () => setOpen('edit') },
          { title: t('rotate'), icon: 'key', run: () => setOpen('rotate') },
          ...(paused ? [] : [{ title: t('pause'), icon: 'minus' as const, run: stop }]),
          'line',
          { title: t('remove'), icon: 'trash', danger: true, run: () => setOpen('remove') },
        ]}
      />
      {open === 'edit' && <EndpointDialog endpoint={endpoint} onClose={close} />}
      {open === 'rotate' && secret === undefined && (
        <Confirm
          title={t('rotateTitle')}
          does={t('rotate')}
          dangerous={false}
          busy={rotate.isPending}
          problem={rotate.error}
          onDo={() => rotate.mutate(undefined)}
          onClose={close}
        >
          {t('rotateHelp')}
        </Confirm>
      )}
      {secret !== undefined && (
        <SecretDialog
          url={endpoint.url}
          secret={secret}
          onClose={() => {
            rotate.reset()
            close()
          }}
        />
      )}
      {open === 'remove' && (
        <Confirm
          title={t('removeTitle')}
          does={t('remove')}
          busy={remove.isPending}
          problem={remove.error}
          onDo={drop}
          onClose={close}
        >
          {t('removeHelp')}
        </Confirm>
      )}
    </>
  )
}
