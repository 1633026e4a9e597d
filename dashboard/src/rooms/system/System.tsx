import { useWords } from '../../frame/words.ts'
import { Answer, Empty } from '../../parts/Answers.tsx'
import { Coded } from '../../parts/Coded.tsx'
import { useFormat } from '../../parts/format.ts'
import { Figure, Page, Panel } from '../../parts/Page.tsx'
import { type Ready, useReady } from '../../parts/ready.ts'
import { type Shape, StatusShape, type Tone } from '../../parts/Status.tsx'
import { type ServerWarning, useWarningText } from '../../parts/serverWarnings.ts'
import { AuditPanel, Faults } from './Audit.tsx'
import { Checks } from './Checks.tsx'
import { EventsPanel } from './EventsPanel.tsx'
import { type System as Seen, useSystem } from './reads.ts'
import { words } from './words.ts'

const Said = ({ shape, tone, children }: { shape: Shape; tone: Tone; children: string }) => (
  <span className={`status big ${tone}`}>
    <StatusShape shape={shape} size={17} />
    {children}
  </span>
)

const ServerFigure = ({ serving }: { serving: Ready | undefined }) => {
  const t = useWords(words)
  const warned = (serving?.warnings.length ?? 0) > 0
  return (
    <Figure
      label={t('server')}
      value={
        serving === undefined ? (
          <Said shape="dashed" tone="quiet">
            {t('servesUnknown')}
          </Said>
        ) : serving.ok ? (
          <Said shape={warned ? 'triangle' : 'tick'} tone={warned ? 'warn' : 'ok'}>
            {t('serves')}
          </Said>
        ) : (
          <Said shape="octagon" tone="danger">
            {t('servesNot')}
          </Said>
        )
      }
      below={serving && (warned ? t('warnings') : t('noWarnings'))}
    />
  )
}

const BooksFigure = ({ audit }: { audit: Seen['audit'] }) => {
  const t = useWords(words)
  const { ago } = useFormat()
  const { findings_count: count, last_pass_at: at } = audit
  const value =
    count > 0 ? (
      <Said shape="octagon" tone="danger">
        {t('booksFaults', { count })}
      </Said>
    ) : at === null ? (
      <Said shape="half" tone="quiet">
        {t('booksWait')}
      </Said>
    ) : (
      <Said shape="tick" tone="ok">
        {t('booksOk')}
      </Said>
    )
  const below = at === null ? t('booksNever') : t('booksPass', { ago: ago(at) })
  return <Figure label={t('books')} value={value} below={below} />
}

const DatabaseFigure = ({ checks }: { checks: Seen['checks'] }) => {
  const t = useWords(words)
  const wrong = checks.filter(({ state }) => state !== 'ok')
  const failing = wrong.some(({ state }) => state === 'fail')
  const told = checks.find(({ check }) => check === 'database')?.found
  const value =
    checks.length === 0 ? (
      <Said shape="dashed" tone="quiet">
        {t('databaseHidden')}
      </Said>
    ) : wrong.length === 0 ? (
      <Said shape="tick" tone="ok">
        {t('databaseFine')}
      </Said>
    ) : (
      <Said shape={failing ? 'octagon' : 'triangle'} tone={failing ? 'danger' : 'warn'}>
        {t('databaseLook', { count: wrong.length })}
      </Said>
    )
  return <Figure label={t('database')} value={value} below={told ?? ''} />
}

const Versions = ({ seen }: { seen: Seen }) => {
  const t = useWords(words)
  const rows = [
    [t('holdfast'), seen.version],
    [t('engine'), seen.engine],
    ...(seen.node === null ? [] : [[t('node'), seen.node]]),
  ]
  const links = [
    ['/docs/api', t('apiDocs')],
    ['/metrics', t('metrics')],
    ['/readyz', t('readiness')],
  ] as const
  return (
    <Panel title={t('versions')}>
      <dl className="body kv">
        {rows.map(([name, value]) => (
          <div className="kv-row" key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
      <footer className="wrap">
        {links.map(([to, title]) => (
          <a key={to} href={to} target="_blank" rel="noreferrer">
            {title}
          </a>
        ))}
      </footer>
    </Panel>
  )
}

const Warnings = ({ warnings }: { warnings: ServerWarning[] }) => {
  const t = useWords(words)
  const textOf = useWarningText()
  if (warnings.length === 0) return null
  return (
    <div className="note warn">
      <StatusShape shape="triangle" size={15} />
      <div>
        <b>{t('warnings')}</b>
        {warnings.map(warning => (
          <p key={warning.message}>
            <Coded text={textOf(warning)} />
          </p>
        ))}
      </div>
    </div>
  )
}

/** Can it serve, will it keep what it says, do the books add up? */
const System = () => {
  const t = useWords(words)
  const serving = useReady()
  const { admin, system } = useSystem()
  return (
    <Page title={t('title')} under={t('under')}>
      <section className="panel figs">
        <ServerFigure serving={serving.data} />
        {system.data && <BooksFigure audit={system.data.audit} />}
        {system.data && <DatabaseFigure checks={system.data.checks} />}
      </section>
      <Warnings warnings={serving.data?.warnings ?? []} />
      {admin ? (
        <Answer of={system} rows={12}>
          {seen => (
            <div className="cols">
              <div className="stack c8">
                <Faults audit={seen.audit} />
                {seen.checks.length > 0 && <Checks checks={seen.checks} />}
              </div>
              <div className="stack c4">
                <AuditPanel audit={seen.audit} />
                <EventsPanel events={seen.events} />
                <Versions seen={seen} />
              </div>
            </div>
          )}
        </Answer>
      ) : (
        <Panel>
          <Empty icon="system" title={t('notAdmin')}>
            {t('notAdminHelp')}
          </Empty>
        </Panel>
      )}
    </Page>
  )
}

export { System as Page }
