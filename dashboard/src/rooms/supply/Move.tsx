import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { TextField } from '../../parts/Field.tsx'
import { StatusShape } from '../../parts/Status.tsx'
import { changedBySupply } from './Book.tsx'
import { Hanging, type LinePromise } from './Hanging.tsx'
import { type Supply, useDaysText } from './SupplyState.tsx'
import { words } from './words.ts'

const DAY_MS = 86_400_000

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)

type Typed = { from: string; to: string; reason: string }

const Consequence = ({ count, days }: { count: number; days: number }) => {
  const t = useWords(words)
  const later = days > 0
  return (
    <div className={count > 0 && later ? 'note warn' : 'note'}>
      <StatusShape shape={count > 0 && later ? 'triangle' : 'half'} size={15} />
      <div>
        <p>{count === 0 ? t('moveNobody') : t('moveHelp', { count })}</p>
        {count > 0 && days !== 0 && (
          <p className="t12">{t(later ? 'moveLater' : 'moveEarlier', { days: Math.abs(days) })}</p>
        )}
      </div>
    </div>
  )
}

/** Moves supply to other days; whom that touches is seen before. */
export const Move = (props: { supply: Supply; hanging: LinePromise[]; onClose: () => void }) => {
  const { supply, hanging, onClose } = props
  const t = useWords(words)
  const daysText = useDaysText()
  const { code, expected_on: on, expected_to: until } = supply
  const [typed, setTyped] = useState<Typed>({ from: on, to: until, reason: '' })
  const move = useWrite(
    ({ from, to, reason }: Typed) =>
      api.PATCH('/v1/supply/{code}', {
        params: { path: { code } },
        body: { expected_on: from, expected_to: to, ...(reason && { reason }) },
      }),
    changedBySupply,
    { quiet: true },
  )
  const submit = () =>
    move.mutate(typed, {
      onSuccess: ({ promises_changed: count = 0 }) => {
        tell({ text: t('moved', { code, count }) })
        onClose()
      },
    })
  const days = daysBetween(until, typed.to)
  const changed = typed.from !== on || typed.to !== until
  const ready = changed && typed.from !== '' && typed.to !== '' && !move.isPending
  const day = typed.from && typed.to ? daysText(typed.from, typed.to) : ''
  const count = hanging.length
  return (
    <Dialog
      title={t('moveTitle', { code })}
      onClose={onClose}
      onSubmit={() => ready && submit()}
      size={560}
      foot={
        <DialogFoot
          does={count > 0 && day !== '' ? t('moveDoTell', { day, count }) : t('moveDo', { day })}
          ready={ready}
          busy={move.isPending}
          onClose={onClose}
        />
      }
    >
      <div className="grid2">
        <TextField
          label={t('expectedOn')}
          type="date"
          value={typed.from}
          onChange={from => setTyped({ ...typed, from, to: typed.to < from ? from : typed.to })}
          autoFocus
        />
        <TextField
          label={t('expectedTo')}
          type="date"
          value={typed.to}
          onChange={to => setTyped({ ...typed, to })}
        />
      </div>
      <TextField
        label={t('reason')}
        value={typed.reason}
        onChange={reason => setTyped({ ...typed, reason })}
        maxLength={255}
      />
      <Consequence count={count} days={days} />
      {count > 0 && <Hanging promises={hanging} />}
      {move.error && <Refusal problem={move.error} />}
    </Dialog>
  )
}
