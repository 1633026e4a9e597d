import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { api } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import { Coded } from '../../parts/Coded.tsx'
import { Panel } from '../../parts/Page.tsx'
import { useReady } from '../../parts/ready.ts'
import { type Shape, StatusShape, type Tone } from '../../parts/Status.tsx'
import { useWarningText } from '../../parts/serverWarnings.ts'
import { words } from './words.ts'

type Need = {
  id: string
  shape: Shape
  tone: Tone
  title: string
  help: ReactNode
  act: ReactNode
}

const SHORTAGES_MAX = 5

const useShort = (): Need[] => {
  const t = useWords(words)
  const query = { state: 'short' as const, sort: '-shortage' as const, limit: SHORTAGES_MAX }
  const short = useRead(['inventory', 'short'], signal =>
    api.GET('/v1/inventory', { params: { query }, signal }),
  )
  return (short.data?.data ?? []).map(row => ({
    id: `${row.sku} ${row.location}`,
    shape: 'octagon',
    tone: 'danger',
    title: t('shortTitle', { count: row.shortage }),
    help: t('shortHelp', {
      name: [row.title ?? row.sku, ...row.option_values].join(' '),
      location: row.location_name,
      onHand: row.on_hand,
      reserved: row.reserved,
    }),
    act: (
      <Link
        className="btn sm primary"
        to="/shortages"
        search={{ sku: row.sku, location: row.location } as never}
      >
        {t('resolve')}
      </Link>
    ),
  }))
}

const useSystem = (): Need[] => {
  const t = useWords(words)
  const textOf = useWarningText()
  const { data } = useReady()
  const open = (
    <Link className="btn sm" to="/system">
      {t('open')}
    </Link>
  )
  const warnings = (data?.warnings ?? []).map(
    (warning, at): Need => ({
      id: `warning ${at}`,
      shape: 'triangle',
      tone: 'warn',
      title: t('warningTitle'),
      help: <Coded text={textOf(warning)} />,
      act: open,
    }),
  )
  if ((data?.audit?.findings ?? 0) === 0) return warnings
  const books: Need = {
    id: 'books',
    shape: 'octagon',
    tone: 'danger',
    title: t('booksTitle'),
    help: t('booksHelp'),
    act: open,
  }
  return [books, ...warnings]
}

/** What waits for a person: shortages first. */
export const NeedsYou = () => {
  const t = useWords(words)
  const needs = [...useShort(), ...useSystem()]
  return (
    <Panel
      title={t('needsYou')}
      sub={needs.length > 0 ? needs.length : undefined}
      className="first"
    >
      {needs.length === 0 ? (
        <Empty icon="check" title={t('nothing')}>
          {t('nothingHelp')}
        </Empty>
      ) : (
        <ul className="todo" aria-live="polite">
          {needs.map(need => (
            <li key={need.id}>
              <span className={need.tone}>
                <StatusShape shape={need.shape} size={15} />
              </span>
              <div>
                <b>{need.title}</b>
                <p>{need.help}</p>
              </div>
              {need.act}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
