import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { api, type Reservation } from '../../api/client.ts'
import type { Problem } from '../../api/problem.ts'
import { useWrite } from '../../api/use.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { wholeOf } from '../inventory/Adjust.tsx'
import { Refused } from './Refused.tsx'
import { openOf } from './reads.ts'
import { words } from './words.ts'

const MINUTE = 60
const TOUCHED = ['reservations', 'inventory', 'levels', 'transactions']

const useVerbs = (reservation_id: string) => {
  const params = { path: { reservation_id } }
  const quiet = { quiet: true }
  return {
    release: useWrite(
      (reason: string) =>
        api.POST('/v1/reservations/{reservation_id}/release', {
          params,
          body: reason === '' ? {} : { reason },
        }),
      TOUCHED,
      quiet,
    ),
    extend: useWrite(
      (hold_seconds: number) =>
        api.POST('/v1/reservations/{reservation_id}/extend', { params, body: { hold_seconds } }),
      TOUCHED,
      quiet,
    ),
    commit: useWrite(
      (order_reference: string) =>
        api.POST('/v1/reservations/{reservation_id}/commit', { params, body: { order_reference } }),
      TOUCHED,
      quiet,
    ),
  }
}

type Asked = {
  title: string
  button: string
  ready: boolean
  busy: boolean
  danger?: boolean
  problem: Problem | null
  onSubmit: () => void
  onClose: () => void
  children: ReactNode
}

const Ask = ({ title, button, ready, busy, danger, problem, ...rest }: Asked) => (
  <Dialog
    title={title}
    onClose={rest.onClose}
    onSubmit={() => ready && rest.onSubmit()}
    foot={
      <DialogFoot does={button} ready={ready} busy={busy} danger={danger} onClose={rest.onClose} />
    }
  >
    {rest.children}
    {problem && <Refused problem={problem} />}
  </Dialog>
)

type Opened = { reservation: Reservation; onClose: () => void }

const Release = ({ reservation, onClose }: Opened) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [reason, setReason] = useState('')
  const { release } = useVerbs(reservation.reservation_id)
  const count = openOf(reservation)
  return (
    <Ask
      title={t('releaseTitle')}
      button={t('release')}
      danger
      ready
      busy={release.isPending}
      problem={release.error}
      onClose={onClose}
      onSubmit={() =>
        release.mutate(reason.trim(), {
          onSuccess: () => {
            tell({ text: t('released', { count }) })
            onClose()
          },
        })
      }
    >
      <p>{t('releaseHelp', { count })}</p>
      <TextField
        label={`${f('reason')} (${f('optional')})`}
        value={reason}
        onChange={setReason}
        maxLength={255}
        autoFocus
      />
    </Ask>
  )
}

const Extend = ({ reservation, onClose }: Opened) => {
  const t = useWords(words)
  const { time } = useFormat()
  const [text, setText] = useState('30')
  const { extend } = useVerbs(reservation.reservation_id)
  const minutes = wholeOf(text)
  return (
    <Ask
      title={t('extendTitle')}
      button={t('extend')}
      ready={minutes !== null && minutes > 0}
      busy={extend.isPending}
      problem={extend.error}
      onClose={onClose}
      onSubmit={() =>
        extend.mutate((minutes ?? 1) * MINUTE, {
          onSuccess: ({ expires_at }) => {
            tell({ text: t('extended', { time: expires_at ? time(expires_at) : '–' }) })
            onClose()
          },
        })
      }
    >
      <TextField
        label={t('extendMinutes')}
        value={text}
        onChange={setText}
        maxLength={6}
        autoFocus
      />
    </Ask>
  )
}

const Commit = ({ reservation, onClose }: Opened) => {
  const t = useWords(words)
  const [order, setOrder] = useState(reservation.order_reference ?? '')
  const { commit } = useVerbs(reservation.reservation_id)
  return (
    <Ask
      title={t('commitTitle')}
      button={t('commit')}
      ready={order.trim() !== ''}
      busy={commit.isPending}
      problem={commit.error}
      onClose={onClose}
      onSubmit={() =>
        commit.mutate(order.trim(), {
          onSuccess: () => {
            tell({ text: t('committed', { order: order.trim() }) })
            onClose()
          },
        })
      }
    >
      <TextField
        label={t('orderReference')}
        value={order}
        onChange={setOrder}
        help={t('commitHelp')}
        maxLength={255}
        autoFocus
      />
    </Ask>
  )
}

const dialogs = { release: Release, extend: Extend, commit: Commit }

/** What can be done with a reservation in its state. */
export const ReservationActions = ({ reservation }: { reservation: Reservation }) => {
  const t = useWords(words)
  const [opened, setOpened] = useState<keyof typeof dialogs>()
  const Opened = opened && dialogs[opened]
  const { state } = reservation
  const open = openOf(reservation) > 0
  return (
    <>
      {open && (
        <button type="button" className="btn" onClick={() => setOpened('release')}>
          {t('release')}
        </button>
      )}
      {state === 'held' && (
        <button type="button" className="btn" onClick={() => setOpened('extend')}>
          {t('extend')}
        </button>
      )}
      {(state === 'held' || state === 'expired') && (
        <button type="button" className="btn primary" onClick={() => setOpened('commit')}>
          {t('commit')}
        </button>
      )}
      {state === 'committed' && (
        <Link
          className="btn primary"
          to="/orders/$reservation"
          params={{ reservation: reservation.reservation_id } as never}
        >
          {t('toOrder')}
        </Link>
      )}
      {Opened && <Opened reservation={reservation} onClose={() => setOpened(undefined)} />}
    </>
  )
}
