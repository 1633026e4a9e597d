import { useWords } from '../../frame/words.ts'
import { roughDurationFor } from '../../parts/Duration.tsx'
import { useFormat } from '../../parts/format.ts'
import { Panel } from '../../parts/Page.tsx'
import { Status } from '../../parts/Status.tsx'
import type { System } from './reads.ts'
import { words } from './words.ts'

const LATE_SECONDS = 60

type Consumer = System['events']['consumers'][number]

const Reader = ({ consumer }: { consumer: Consumer }) => {
  const t = useWords(words)
  const { number, locale } = useFormat()
  const { behind, lag_seconds: lag } = consumer
  const late = lag > LATE_SECONDS
  return (
    <li className="row">
      <code className="grow el1">{consumer.consumer}</code>
      <Status shape={late ? 'triangle' : behind > 0 ? 'half' : 'tick'} tone={late ? 'warn' : 'ok'}>
        {behind === 0
          ? t('readAll')
          : t('behind', { events: number(behind), time: roughDurationFor(locale, lag) })}
      </Status>
    </li>
  )
}

/** How far events have come, and who has not read them. */
export const EventsPanel = ({ events }: { events: System['events'] }) => {
  const t = useWords(words)
  const { ago, number } = useFormat()
  const { position, fed_at: at, consumers } = events
  return (
    <Panel title={t('events')} foot={t('eventsHelp')}>
      <dl className="body kv">
        <dt>{t('newestEvent')}</dt>
        <dd>{number(position)}</dd>
        <dt>{t('fed')}</dt>
        <dd>{at === null ? t('never') : ago(at)}</dd>
      </dl>
      <ul className="lines">
        {consumers.map(consumer => (
          <Reader key={consumer.consumer} consumer={consumer} />
        ))}
      </ul>
    </Panel>
  )
}
