import { Link } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { useList, useRead, useWrite } from '../../api/use.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Empty, Skeleton } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { Status } from '../../parts/Status.tsx'
import { words } from './words.ts'

const useUntracked = () =>
  useList(['skus', 'untracked'], (cursor, signal) =>
    api.GET('/v1/skus', { params: { query: { tracked: false, limit: 250, cursor } }, signal }),
  )

/** Rules that let something be sold beyond stock. */
const useOverselling = () =>
  useRead(['policies', 'overselling'], signal =>
    api.GET('/v1/policies', { params: { query: { limit: 250 } }, signal }),
  )

const Untracked = () => {
  const t = useWords(words)
  const stock = useMay('stock')
  const list = useUntracked()
  const track = useWrite(
    (code: string) =>
      api.PATCH('/v1/skus/{code}', { params: { path: { code } }, body: { tracked: true } }),
    ['skus', 'inventory'],
  )
  if (list.loading) return <Skeleton />
  return (
    <Panel title={t('untracked')} sub={list.rows.length}>
      <p className="body t12 mut">{t('untrackedHelp')}</p>
      <ul className="todo">
        {list.rows.map(({ code }) => (
          <li key={code}>
            <Status shape="triangle" tone="warn">
              {''}
            </Status>
            <b className="mono">
              <Link to="/skus/$sku" params={{ sku: code } as never}>
                {code}
              </Link>
            </b>
            {stock && (
              <button
                type="button"
                className="btn sm"
                onClick={() =>
                  track.mutate(code, {
                    onSuccess: () => tell({ text: t('tracked', { sku: code }) }),
                  })
                }
              >
                {t('track')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const Overselling = () => {
  const t = useWords(words)
  const { number } = useFormat()
  const rules = useOverselling()
  const nameOf = useLocationNames()
  return (
    <Answer of={rules}>
      {({ data }) => {
        const open = data.filter(({ fields }) => (fields.backorder_mode ?? 'deny') !== 'deny')
        return (
          <Panel title={t('oversell')} sub={open.length}>
            <p className="body t12 mut">{t('oversellHelp')}</p>
            <ul className="todo">
              {open.map(rule => (
                <li key={rule.rule}>
                  <Status shape="triangle" tone="warn">
                    {''}
                  </Status>
                  <div>
                    <b>
                      {[
                        rule.sku,
                        rule.product,
                        rule.location && nameOf(rule.location),
                        rule.channel,
                        rule.tier,
                      ]
                        .filter(Boolean)
                        .join(' · ') || t('view_all')}
                    </b>
                    <p>
                      {t(`mode_${rule.fields.backorder_mode ?? 'deny'}`)}
                      {' · '}
                      {rule.fields.backorder_cap == null
                        ? t('noCap')
                        : `${t('cap')} ${number(rule.fields.backorder_cap)}`}
                    </p>
                  </div>
                  <Link className="btn sm" to="/policies">
                    {t('rule')} {rule.rule}
                  </Link>
                </li>
              ))}
            </ul>
          </Panel>
        )
      }}
    </Answer>
  )
}

/** What can be sold without a unit behind it. */
const UnprotectedPage = () => {
  const t = useWords(words)
  const untracked = useUntracked()
  const rules = useOverselling()
  const open = rules.data?.data.some(({ fields }) => (fields.backorder_mode ?? 'deny') !== 'deny')
  const none = !untracked.loading && untracked.rows.length === 0 && open === false
  return (
    <Page
      title={t('unprotectedTitle')}
      under={t('unprotectedUnder')}
      above={[{ title: t('title'), to: '/inventory' }]}
    >
      {none ? (
        <Panel>
          <Empty
            icon="check"
            title={t('allProtected')}
            action={
              <Link className="btn" to="/inventory">
                {t('allProtectedDo')}
              </Link>
            }
          >
            {t('allProtectedHelp')}
          </Empty>
        </Panel>
      ) : (
        <div className="cols">
          <div className="c6">
            <Untracked />
          </div>
          <div className="c6">
            <Overselling />
          </div>
        </div>
      )}
    </Page>
  )
}

export { UnprotectedPage as Page }
