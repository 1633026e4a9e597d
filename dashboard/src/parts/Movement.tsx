import { Link } from '@tanstack/react-router'
import type { Movement } from '../api/client.ts'
import { frameWords } from '../frame/catalogue.ts'
import { useWords } from '../frame/words.ts'
import { useFormat } from './format.ts'
import { type Shape, Status, type Tone } from './Status.tsx'

const shapes: Record<Movement['kind'], [Shape, Tone]> = {
  reserve: ['dashed', 'quiet'],
  amend: ['dashed', 'quiet'],
  commit: ['square', 'quiet'],
  fulfill: ['out', 'quiet'],
  release: ['back', 'quiet'],
  expire: ['back', 'quiet'],
  return: ['back', 'quiet'],
  record_sale: ['square', 'quiet'],
  adjust: ['plusminus', 'quiet'],
  set: ['tick', 'quiet'],
  move: ['swap', 'quiet'],
  receive: ['in', 'quiet'],
  correct: ['diamond', 'acc'],
  merge: ['half', 'quiet'],
  import: ['in', 'quiet'],
  allocate: ['half', 'acc'],
  build: ['in', 'quiet'],
  break_down: ['out', 'quiet'],
  buffer: ['square', 'acc'],
}

/** What kind of movement it was: a shape and the verb. */
export const Verb = ({ kind }: { kind: Movement['kind'] }) => {
  const t = useWords(frameWords)
  const [shape, tone] = shapes[kind]
  return (
    <Status shape={shape} tone={tone}>
      {t(`kind_${kind}`)}
    </Status>
  )
}

const counters = [
  ['on_hand', 'onHand'],
  ['held', 'held'],
  ['committed', 'committed'],
  ['backordered', 'backordered'],
  ['damaged', 'damaged'],
  ['quality_control', 'quality_control'],
  ['set_aside', 'set_aside'],
] as const

/** How the available units changed with a movement. */
export const availableChange = ({ changes }: Movement): number => {
  const taken = ['held', 'committed', 'damaged', 'quality_control', 'set_aside'] as const
  return taken.reduce((left, name) => left - (changes[name] ?? 0), changes.on_hand ?? 0)
}

/** Each counter that a movement has changed, and a channel's buffer: before → after. */
export const Changes = ({ movement }: { movement: Movement }) => {
  const t = useWords(frameWords)
  const { number, change } = useFormat()
  const { changes, balances, buffer } = movement
  const kept = buffer && (
    <span className="nowrap" key="buffer">
      <span className="mut">{t('keptFor', { channel: buffer.channel })}</span>{' '}
      {number(buffer.units - buffer.change)} <span className="mut">→</span>{' '}
      <b>{number(buffer.units)}</b>
    </span>
  )
  const changed = counters.flatMap(([name, word]) => {
    const delta = changes[name]
    if (delta === undefined || delta === 0) return []
    const after = balances?.[name]
    return [
      <span className="nowrap" key={name}>
        <span className="mut">{t(word)}</span>{' '}
        {after === undefined ? (
          change(delta)
        ) : (
          <>
            {number(after - delta)} <span className="mut">→</span> <b>{number(after)}</b>
          </>
        )}
      </span>,
    ]
  })
  return kept ? [...changed, kept] : changed
}

/** What a movement belongs to: the reservation, or the document. */
export const Reference = ({ movement }: { movement: Movement }) => {
  const { reservation_id, document, reason } = movement
  return (
    <>
      {reservation_id !== null && (
        <Link to="/reservations/$reservation" params={{ reservation: reservation_id } as never}>
          {document ?? `…${reservation_id.slice(-6)}`}
        </Link>
      )}
      {reservation_id === null && document !== null && <span>{document}</span>}
      {reason !== null && <span> {reason}</span>}
    </>
  )
}
