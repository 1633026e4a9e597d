import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useParam } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { Status } from '../../parts/Status.tsx'
import { BuffersOf } from './Buffers.tsx'
import { ChannelDialog, type Channel as Shown } from './ChannelDialog.tsx'
import { words } from './words.ts'

const COUNTED_MAX = 250

const Facts = ({ channel }: { channel: Shown }) => {
  const t = useWords(words)
  const { day, joined } = useFormat()
  const nameOf = useLocationNames()
  return (
    <Panel title={t('facts')}>
      <dl className="body kv">
        <dt>{t('code')}</dt>
        <dd>
          <code>{channel.code}</code>
        </dd>
        <dt>{t('kind')}</dt>
        <dd>{t(`kind_${channel.kind}`)}</dd>
        <dt>{t('from')}</dt>
        <dd>{channel.locations ? joined(channel.locations.map(nameOf)) : t('everywhere')}</dd>
        <dt>{t('made')}</dt>
        <dd>{day(channel.created_at)}</dd>
      </dl>
    </Panel>
  )
}

const RulesOf = ({ code }: { code: string }) => {
  const t = useWords(words)
  const may = useMay('stock')
  const rules = useRead(['policies', 'channel', code], signal =>
    api.GET('/v1/policies', {
      params: { query: { channel: code, limit: COUNTED_MAX } },
      signal,
    }),
  )
  const count = rules.data?.data.length ?? 0
  return (
    <Panel title={t('rules')}>
      <Answer of={rules} rows={1}>
        {() => (
          <div className="body stack tight">
            {count === 0 ? (
              <p className="mut">{t('rulesNone')}</p>
            ) : (
              <Link to="/policies" search={{ channel: code } as never}>
                {t('rulesCount', { count })}
              </Link>
            )}
            {may && (
              <div>
                <Link className="btn sm" to="/policies/new" search={{ channel: code } as never}>
                  {t('rulesDo')}
                </Link>
              </div>
            )}
          </div>
        )}
      </Answer>
    </Panel>
  )
}

const Actions = ({ channel }: { channel: Shown }) => {
  const t = useWords(words)
  const [editing, setEditing] = useState(false)
  const params = { path: { code: channel.code } }
  const { name } = channel
  const back = useWrite(() => api.POST('/v1/channels/{code}/unarchive', { params }), ['channels'])
  const archive = useWrite(() => api.POST('/v1/channels/{code}/archive', { params }), ['channels'])
  const bringBack = () =>
    back.mutate(undefined, { onSuccess: () => tell({ text: t('unarchivedIt', { name }) }) })
  const putAway = () =>
    archive.mutate(undefined, {
      onSuccess: () => tell({ text: t('archivedIt', { name }), undo: bringBack }),
    })
  return (
    <>
      <button type="button" className="btn" onClick={() => setEditing(true)}>
        {t('edit')}
      </button>
      {channel.archived_at === null ? (
        <button type="button" className="btn" onClick={putAway} title={t('archiveHelp')}>
          {t('archive')}
        </button>
      ) : (
        <button type="button" className="btn primary" onClick={bringBack}>
          {t('unarchive')}
        </button>
      )}
      {editing && <ChannelDialog channel={channel} onClose={() => setEditing(false)} />}
    </>
  )
}

/** What may this channel sell, and by which rules? */
const Channel = () => {
  const code = useParam('channel')
  const t = useWords(words)
  const may = useMay('stock')
  const channel = useRead(['channels', code], signal =>
    api.GET('/v1/channels/{code}', { params: { path: { code } }, signal }),
  )
  const { data } = channel
  return (
    <Page
      title={data?.name ?? code}
      above={[{ title: t('title'), to: '/channels' }]}
      under={
        data !== undefined && data.archived_at !== null ? (
          <Status shape="struck">{t('archived')}</Status>
        ) : undefined
      }
      actions={may && data !== undefined ? <Actions channel={data} /> : undefined}
    >
      <Answer of={channel}>
        {found => (
          <div className="cols">
            <div className="stack c4">
              <Facts channel={found} />
              <RulesOf code={found.code} />
            </div>
            <div className="stack c8">
              <BuffersOf code={found.code} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

export { Channel as Page }
