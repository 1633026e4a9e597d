import { api } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useWords } from '../../frame/words.ts'
import { useFormat } from '../../parts/format.ts'
import { useReady } from '../../parts/ready.ts'
import type { Shape, Tone } from '../../parts/Status.tsx'
import { words } from './words.ts'

export const useSummary = () =>
  useRead(['inventory', 'summary'], signal => api.GET('/v1/inventory/summary', { signal }))

type Books = { said: string; shape: Shape; tone: Tone; below: string }

/** Whether the books add up, in a word and a shape. */
export const useBooks = (): Books => {
  const t = useWords(words)
  const { ago } = useFormat()
  const { data } = useReady()
  const audit = data?.audit
  const passed = audit?.last_pass_at ?? null
  const below = passed === null ? '' : t('booksBelow', { ago: ago(passed) })
  if (audit === undefined) return { said: t('booksUnknown'), shape: 'dashed', tone: 'quiet', below }
  if (audit.state === 'off') {
    return { said: t('booksOff'), shape: 'dashed', tone: 'quiet', below }
  }
  if (audit.findings > 0) {
    const said = t('booksFinding', { count: audit.findings })
    return { said, shape: 'octagon', tone: 'danger', below }
  }
  if (audit.state === 'failing') {
    return { said: t('booksFailing'), shape: 'triangle', tone: 'warn', below }
  }
  return passed === null
    ? { said: t('booksRunning'), shape: 'half', tone: 'quiet', below }
    : { said: t('booksOk'), shape: 'tick', tone: 'ok', below }
}
