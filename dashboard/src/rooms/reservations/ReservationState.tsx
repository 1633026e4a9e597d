import { useWords } from '../../frame/words.ts'
import { type Shape, Status, type Tone } from '../../parts/Status.tsx'
import { words } from './words.ts'

const shapes = {
  held: ['dashed', 'warn'],
  committed: ['square', 'acc'],
  expired: ['back', 'quiet'],
  closed: ['tick', 'quiet'],
} as const satisfies Record<string, readonly [Shape, Tone]>

export const ReservationState = ({ state }: { state: keyof typeof shapes }) => {
  const t = useWords(words)
  const [shape, tone] = shapes[state]
  return (
    <Status shape={shape} tone={tone}>
      {t(`state_${state}`)}
    </Status>
  )
}
