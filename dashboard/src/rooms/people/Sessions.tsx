import { api } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { SessionRows } from './SessionRows.tsx'
import { words } from './words.ts'

const SHOWN_MAX = 250

/** Who is signed in, and where? */
const Sessions = () => {
  const t = useWords(words)
  const admin = useMay('admin')
  const sessions = useRead(['sessions', 'all'], signal =>
    api.GET('/v1/sessions', {
      params: { query: { sort: '-seen_at', limit: SHOWN_MAX } },
      signal,
    }),
  )
  return (
    <Page
      title={t('sessionsTitle')}
      under={t('sessionsUnder')}
      above={admin ? [{ title: t('title'), to: '/people' }] : []}
    >
      <Panel>
        <Answer of={sessions}>{({ data }) => <SessionRows sessions={data} named keyed />}</Answer>
      </Panel>
    </Page>
  )
}

export { Sessions as Page }
