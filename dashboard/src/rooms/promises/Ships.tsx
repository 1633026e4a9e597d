import { Link } from '@tanstack/react-router'
import type { Schemas } from '../../api/client.ts'
import { type Say as SayOf, useWords } from '../../frame/words.ts'
import { useFormat } from '../../parts/format.ts'
import { type Shape, Status, type Tone } from '../../parts/Status.tsx'
import { words } from './words.ts'

export type ShipPromise = Schemas['ShipPromise']
export type LinePromise = Schemas['LinePromise']

type Say = SayOf<NonNullable<(typeof words)['keys']>>

type Days = { ship_from: string | null; ship_to: string | null }

/** From when to when something ships, as one says it. */
export const useShipText = () => {
  const t = useWords(words)
  const { day } = useFormat()
  const at = (date: string) => day(`${date}T12:00:00`)
  return ({ ship_from: from, ship_to: to }: Days): string => {
    if (from === null || to === null) return t('noDate')
    return from === to ? at(to) : `${at(from)} – ${at(to)}`
  }
}

type Units = { quantity: number; waiting: number }

/** How many of the units wait. */
export const waitText = (t: Say, { quantity, waiting }: Units): string => {
  if (waiting === 0) return t('allThere')
  return waiting === quantity ? t('allWait') : t('waiting', { count: waiting })
}

/** What a date rests on; supply leads to its page. */
export const RestsOn = ({ promise }: { promise: ShipPromise }) => {
  const t = useWords(words)
  const { source, supply } = promise
  if (supply === undefined) return t(`s_${source}`)
  return (
    <>
      {t(`s_${source}`)}{' '}
      <Link to="/supply/$supply" params={{ supply } as never}>
        {supply}
      </Link>
    </>
  )
}

const outcomes: Record<NonNullable<LinePromise['outcome']>, [Shape, Tone]> = {
  kept: ['tick', 'ok'],
  late: ['triangle', 'warn'],
  cancelled: ['struck', 'quiet'],
  undated: ['dashed', 'quiet'],
}

/** Whether a promise is open, late, or how it ended. */
export const PromiseState = ({ promise }: { promise: LinePromise }) => {
  const t = useWords(words)
  if (promise.outcome !== null) {
    const [shape, tone] = outcomes[promise.outcome]
    return (
      <Status shape={shape} tone={tone}>
        {t(`o_${promise.outcome}`)}
      </Status>
    )
  }
  if (promise.late) {
    return (
      <Status shape="octagon" tone="danger">
        {t('late')}
      </Status>
    )
  }
  return (
    <Status shape="half">
      {promise.moves > 0 ? t('moved', { count: promise.moves }) : t('open')}
    </Status>
  )
}
