import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { setCrumbs } from '../frame/crumbs.ts'

type Crumb = { title: string; to: string }

type Framed = {
  title: string
  /** What stands in the tab; the title when left out. */
  name?: string
  under?: ReactNode
  /** The way here: the pages above this one. */
  above?: Crumb[]
  actions?: ReactNode
  /** The page fills the window, and its table scrolls. */
  fills?: boolean
  children: ReactNode
}

/** The head of a page, and what it holds. */
export const Page = ({ title, name, under, above, actions, fills, children }: Framed) => {
  const shown = name ?? title
  const way = (above ?? []).map(({ title, to }) => `${title}\n${to}`).join('\t')
  useEffect(() => {
    document.title = `${shown} · Holdfast`
    const crumbs = way === '' ? [] : way.split('\t').map(each => each.split('\n'))
    setCrumbs([
      ...crumbs.map(([title = '', to = '/']) => ({ title, to })),
      { title: shown, to: undefined },
    ])
  }, [shown, way])
  return (
    <main className={fills ? 'main fills' : 'main'} id="main" tabIndex={-1}>
      <div className="head">
        <div className="head-name">
          <h1>{title}</h1>
          {under !== undefined && <div className="under">{under}</div>}
        </div>
        {actions && <div className="head-acts">{actions}</div>}
      </div>
      {children}
    </main>
  )
}

type Panelled = {
  title?: ReactNode
  sub?: ReactNode
  end?: ReactNode
  foot?: ReactNode
  ruled?: boolean
  className?: string
  children: ReactNode
}

export const Panel = ({ title, sub, end, foot, ruled, className = '', children }: Panelled) => (
  <section className={`panel ${className}`}>
    {(title !== undefined || end !== undefined) && (
      <header className={ruled ? 'ruled' : ''}>
        {title !== undefined && <h2>{title}</h2>}
        {sub !== undefined && <span className="sub">{sub}</span>}
        {end !== undefined && <div className="end">{end}</div>}
      </header>
    )}
    {children}
    {foot !== undefined && <footer>{foot}</footer>}
  </section>
)

type Figured = {
  label: ReactNode
  value: ReactNode
  small?: ReactNode
  below?: ReactNode
  to?: string
}

/** One figure of a strip: what it is, the number, and what it means. */
export const Figure = ({ label, value, small, below, to }: Figured) => (
  <div className="fig">
    <p className="k">{label}</p>
    <p className="v">
      {to === undefined ? value : <Link to={to}>{value}</Link>}
      {small !== undefined && <small>{small}</small>}
    </p>
    {below !== undefined && <p className="d">{below}</p>}
  </div>
)
