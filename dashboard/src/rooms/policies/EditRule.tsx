import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useParam } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Empty } from '../../parts/Answers.tsx'
import { Confirm } from '../../parts/Confirm.tsx'
import { useFormat } from '../../parts/format.ts'
import { Page, Panel } from '../../parts/Page.tsx'
import { type Rule, saidFields, useScopeText, valueText } from './fields.ts'
import { RuleForm } from './RuleForm.tsx'
import { words } from './words.ts'

const HISTORY_MAX = 50

/** Every version of the rule: who changed what, and when. */
const History = ({ versions }: { versions: Rule[] }) => {
  const t = useWords(words)
  const format = useFormat()
  const who = (id: number | null) => (id === null ? t('commandLine') : t('actor', { id }))
  return (
    <Panel title={t('history')}>
      <ol className="versions">
        {versions.map(version => (
          <li key={version.version}>
            <p className="row">
              <b>{t('historyVersion', { version: version.version })}</b>
              <time className="end mut t12" title={format.whole(version.changed_at)}>
                {format.dateTime(version.changed_at)}
              </time>
            </p>
            <p className="t12 mut">{t('historyBy', { who: who(version.changed_by) })}</p>
            <ul className="t12">
              {saidFields(version.fields).map(([name, value]) => (
                <li key={name}>
                  {format.labelled(t(`f_${name}`))}
                  <b>{valueText(t, format, name, value)}</b>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

const ClearRule = ({ rule, onClose }: { rule: Rule; onClose: () => void }) => {
  const t = useWords(words)
  const navigate = useNavigate()
  const scope = useScopeText()(rule)
  const { product, sku, location, channel, tier, starts_at, ends_at, fields } = rule
  const changes = ['policies', 'levels']
  const again = useWrite(
    () =>
      api.POST('/v1/policies/set', {
        body: { rules: [{ product, sku, location, channel, tier, starts_at, ends_at, fields }] },
      }),
    changes,
  )
  const clear = useWrite(
    () => api.POST('/v1/policies/clear', { body: { rules: [{ rule: rule.rule }] } }),
    changes,
    { quiet: true },
  )
  const run = () =>
    clear.mutate(undefined, {
      onSuccess: () => {
        tell({ text: t('cleared', { scope }), undo: () => again.mutate(undefined) })
        navigate({ to: '/policies' })
      },
    })
  return (
    <Confirm
      title={t('clearTitle')}
      does={t('clear')}
      busy={clear.isPending}
      problem={clear.error}
      onDo={run}
      onClose={onClose}
    >
      {t('clearHelp', { scope })}
    </Confirm>
  )
}

/** What does this rule say, and since when? */
const EditRule = () => {
  const id = useParam('rule')
  const t = useWords(words)
  const may = useMay('stock')
  const scopeText = useScopeText()
  const [clearing, setClearing] = useState(false)
  const history = useRead(['policies', 'history', id], signal =>
    api.GET('/v1/policies/history', {
      params: { query: { rule: Number(id), limit: HISTORY_MAX } },
      signal,
    }),
  )
  const newest = history.data?.data[0]
  const open = newest !== undefined && newest.closed_at === null
  const title = newest === undefined ? t('editTitle', { rule: id }) : scopeText(newest)
  return (
    <Page
      title={title}
      under={t('scopeFixed')}
      above={[{ title: t('title'), to: '/policies' }]}
      actions={
        may && open ? (
          <button type="button" className="btn danger" onClick={() => setClearing(true)}>
            {t('clear')}
          </button>
        ) : undefined
      }
    >
      <Answer of={history}>
        {({ data }) =>
          open ? (
            <RuleForm key={newest.version} rule={newest} aside={<History versions={data} />} />
          ) : (
            <div className="stack">
              <Empty
                icon="policy"
                title={t('isGone')}
                action={
                  <Link className="btn primary" to="/policies">
                    {t('allRules')}
                  </Link>
                }
              >
                {t('isGoneHelp')}
              </Empty>
              {data.length > 0 && <History versions={data} />}
            </div>
          )
        }
      </Answer>
      {clearing && open && <ClearRule rule={newest} onClose={() => setClearing(false)} />}
    </Page>
  )
}

export { EditRule as Page }
