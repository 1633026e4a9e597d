import type { Schemas } from '../../api/client.ts'
import { useWords } from '../../frame/words.ts'
import { useFormat } from '../../parts/format.ts'
import { type Shape, Status, type Tone } from '../../parts/Status.tsx'
import { words } from './words.ts'

export type Supply = Schemas['Supply']

const shapes: Record<Supply['state'], [Shape, Tone]> = {
  open: ['dashed', 'quiet'],
  received: ['tick', 'ok'],
  short: ['half', 'warn'],
  cancelled: ['struck', 'quiet'],
}

export const SupplyState = ({ supply }: { supply: Supply }) => {
  const t = useWords(words)
  if (supply.late) {
    return (
      <Status shape="triangle" tone="warn">
        {t('late')}
      </Status>
    )
  }
  const [shape, tone] = shapes[supply.state]
  return (
    <Status shape={shape} tone={tone}>
      {t(`state_${supply.state}`)}
    </Status>
  )
}

/** The days on which it is expected, as one says them. */
export const useDaysText = () => {
  const { day } = useFormat()
  const at = (date: string) => day(`${date}T12:00:00`)
  return (from: string, to: string): string => (from === to ? at(to) : `${at(from)} – ${at(to)}`)
}
