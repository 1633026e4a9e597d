import { useSyncExternalStore } from 'react'
import { useWords } from '../frame/words.ts'
import { clockOf } from './format.ts'
import { partWords } from './partWords.ts'

const listeners = new Set<() => void>()
let second = Math.floor(Date.now() / 1_000)
let timer: number | undefined

const tick = () => {
  second = Math.floor(Date.now() / 1_000)
  for (const listener of listeners) listener()
}

/** One clock for every countdown of the page. */
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  timer ??= window.setInterval(tick, 1_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.clearInterval(timer)
    timer = undefined
  }
}

export const useSecond = (): number => useSyncExternalStore(subscribe, () => second)

const SOON_MS = 5 * 60_000

/** How long a hold still has: 14:32 left; without an end it is staff's. */
export const Countdown = ({ until }: { until: string | null }) => {
  const t = useWords(partWords)
  const now = useSecond() * 1_000
  if (until === null) return <span>{t('noEnd')}</span>
  const ms = new Date(until).getTime() - now
  if (ms <= 0) return <span className="mut">{t('over')}</span>
  const said = t('left', { time: clockOf(ms) })
  return <span className={ms < SOON_MS ? 'warn' : ''}>{said}</span>
}
