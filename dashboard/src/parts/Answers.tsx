import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import type { Problem } from '../api/problem.ts'
import { frameWords } from '../frame/catalogue.ts'
import { useWords } from '../frame/words.ts'
import { Icon, type IconName } from './Icon.tsx'
import { useProblemText } from './problems/useProblemText.ts'
import { StatusShape } from './Status.tsx'

type Emptied = {
  icon?: IconName
  title: string
  children?: ReactNode
  /** One button, or none where all is done. */
  action?: ReactNode
}

/** Nothing is here: what it would be, why, and the next step. */
export const Empty = ({ icon = 'box', title, children, action }: Emptied) => (
  <div className="empty">
    <span className="glyph">
      <Icon name={icon} size={24} />
    </span>
    <h3>{title}</h3>
    {children !== undefined && <p>{children}</p>}
    {action !== undefined && <div className="act">{action}</div>}
  </div>
)

/** It failed: whose fault, what to do, and the code for whoever looks into it. */
export const ErrorPanel = ({ problem, again }: { problem: Problem; again?: () => unknown }) => {
  const t = useWords(frameWords)
  const { title, detail, remedy } = useProblemText(problem)
  return (
    <div className="empty" role="alert">
      <span className="danger glyph">
        <StatusShape shape="octagon" size={24} />
      </span>
      <h3>{title}</h3>
      {detail !== undefined && <p>{detail}</p>}
      {remedy !== undefined && <p>{remedy}</p>}
      <div className="act">
        {again && (
          <button type="button" className="btn primary" onClick={() => again()}>
            {t('tryAgain')}
          </button>
        )}
        <Link className="btn" to="/system">
          {t('openSystem')}
        </Link>
      </div>
      <ProblemCode problem={problem} />
    </div>
  )
}

/** The code, which leads to its page, and the request's id. */
export const ProblemCode = ({ problem }: { problem: Problem }) => {
  const t = useWords(frameWords)
  const { code, request_id } = problem.facts
  return (
    <p className="t12 mut">
      <a href={`/docs/errors/${encodeURIComponent(code)}`} target="_blank" rel="noreferrer">
        <code>{code}</code>
      </a>
      {request_id !== undefined && t('ofRequest', { id: request_id })}
    </p>
  )
}

/** A refusal where it happened: a sentence, the facts, and what to do. */
export const Refusal = ({ problem, children }: { problem: Problem; children?: ReactNode }) => {
  const { title, detail, remedy } = useProblemText(problem)
  return (
    <div className="note danger" role="alert">
      <StatusShape shape="octagon" size={15} />
      <div className="grow">
        <b>{title}</b>
        {detail !== undefined && <p>{detail}</p>}
        {remedy !== undefined && <p className="t12">{remedy}</p>}
        {children}
        <ProblemCode problem={problem} />
      </div>
    </div>
  )
}

const SKELETON_AFTER_MS = 200

/** The shape of what comes, after a moment in which most things have come. */
export const Skeleton = ({ rows = 6 }: { rows?: number }) => {
  const t = useWords(frameWords)
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), SKELETON_AFTER_MS)
    return () => window.clearTimeout(timer)
  }, [])
  return (
    <div className={late ? 'skeleton late' : 'skeleton'} aria-busy="true">
      <span className="vh">{t('loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={`row${row + 1}`} className="row">
          <i className="sk sk-icon" />
          <i className="sk" style={{ inlineSize: `${64 - ((row * 17) % 26)}%` }} />
          <i className="sk end sk-number" />
        </div>
      ))}
    </div>
  )
}

export type Seen<Data> = {
  data?: Data | undefined
  error?: Problem | null
  isPending: boolean
  refetch: () => unknown
}

/** What was read, or the skeleton of it, or why it could not be read. Old values stay. */
export function Answer<Data>(props: {
  of: Seen<Data>
  rows?: number
  children: (data: Data) => ReactNode
}) {
  const { of, rows, children } = props
  if (of.data !== undefined) return children(of.data)
  if (of.error) return <ErrorPanel problem={of.error} again={of.refetch} />
  return <Skeleton rows={rows} />
}
