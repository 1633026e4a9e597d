import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api } from '../../api/client.ts'
import { useList } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { durationFor } from '../../parts/Duration.tsx'
import { useFormat } from '../../parts/format.ts'
import { ListTable } from '../../parts/ListTable.tsx'
import { NoMatch } from '../../parts/NoMatch.tsx'
import { Page } from '../../parts/Page.tsx'
import { Status } from '../../parts/Status.tsx'
import { type Rule, saidFields, useScopeText, valueText } from './fields.ts'
import { filterOf, queryOf, RulesFilter } from './RulesFilter.tsx'
import { words } from './words.ts'

const ROW_HEIGHT = 52
const SAID_SHOWN_MAX = 2
/** What every shop begins with, until its settings are read. */
const CART_SECONDS = 1_800

/** When a rule holds, and whether that is now. */
const When = ({ rule }: { rule: Rule }) => {
  const t = useWords(words)
  const { dateTime, ago } = useFormat()
  const { starts_at: start, ends_at: end } = rule
  const later = start !== null && new Date(start).getTime() > Date.now()
  const span =
    start !== null && end !== null
      ? t('between', { start: dateTime(start), end: dateTime(end) })
      : start !== null
        ? t('from', { start: dateTime(start) })
        : end !== null
          ? t('until', { end: dateTime(end) })
          : t('always')
  return (
    <div className="two">
      <b>{span}</b>
      <span>
        {later ? (
          <Status shape="dashed">{t('begins', { time: ago(start) })}</Status>
        ) : (
          <Status shape="tick" tone="ok">
            {t('inForce')}
          </Status>
        )}
      </span>
    </div>
  )
}

/** The first things that a rule says; the rest is counted. */
const Says = ({ rule }: { rule: Rule }) => {
  const t = useWords(words)
  const format = useFormat()
  const said = saidFields(rule.fields)
  if (said.length === 0) return <span className="mut">{t('saysNothing')}</span>
  return (
    <div className="row gap4 chips">
      {said.slice(0, SAID_SHOWN_MAX).map(([name, value]) => (
        <span key={name} className="chip">
          <span className="mut">{t(`f_${name}`)}</span> {valueText(t, format, name, value)}
        </span>
      ))}
      {said.length > SAID_SHOWN_MAX && <span className="mut">+{said.length - SAID_SHOWN_MAX}</span>}
    </div>
  )
}

const useRuleColumns = (): Column<Rule>[] => {
  const t = useWords(words)
  const { ago, whole } = useFormat()
  const scopeText = useScopeText()
  return useMemo(
    () => [
      {
        id: 'about',
        title: t('about'),
        width: 'minmax(150px, 1.6fr)',
        cell: rule => (
          <div className="two">
            <b>
              <Link to={`/policies/${rule.rule}`}>{scopeText(rule)}</Link>
            </b>
            <span>{t('editTitle', { rule: rule.rule })}</span>
          </div>
        ),
      },
      {
        id: 'says',
        title: t('says'),
        width: 'minmax(220px, 2.5fr)',
        wide: true,
        cell: rule => <Says rule={rule} />,
      },
      {
        id: 'when',
        title: t('when'),
        width: 'minmax(130px, 0.8fr)',
        cell: rule => <When rule={rule} />,
      },
      {
        id: 'changed',
        title: t('changed'),
        width: '130px',
        wide: true,
        cell: rule => <time title={whole(rule.changed_at)}>{ago(rule.changed_at)}</time>,
      },
    ],
    [t, ago, whole, scopeText],
  )
}

const NoRules = ({ filtered }: { filtered: boolean }) => {
  const t = useWords(words)
  const { locale } = useFormat()
  const may = useMay('stock')
  if (filtered) {
    return <NoMatch title={t('noMatch')}>{t('noMatchHelp')}</NoMatch>
  }
  const action = may && (
    <Link className="btn primary" to="/policies/new">
      {t('emptyDo')}
    </Link>
  )
  return (
    <Empty icon="policy" title={t('emptyTitle')} action={action || undefined}>
      {t('empty', { hold: durationFor(locale, CART_SECONDS) })}
    </Empty>
  )
}

/** Which rules hold, and what they say. */
const Policies = () => {
  const t = useWords(words)
  const navigate = useNavigate()
  const may = useMay('stock')
  const [search, setSearch] = useAddress()
  const asked = queryOf(search)
  const filtered = Object.keys(asked).length > 0
  const list = useList<Rule>(['policies', asked], (cursor, signal) =>
    api.GET('/v1/policies', {
      params: { query: { ...asked, limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = useRuleColumns()
  return (
    <Page
      title={t('title')}
      under={t('under')}
      fills
      actions={
        <>
          <Link className="btn" to="/policies/explain">
            {t('explain')}
          </Link>
          {may && (
            <Link className="btn primary" to="/policies/new">
              {t('newRule')}
            </Link>
          )}
        </>
      }
    >
      <section className="panel fills">
        <RulesFilter filter={filterOf(search)} onChange={setSearch} />
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={rule => String(rule.rule)}
          rowHeight={ROW_HEIGHT}
          onOpen={rule => navigate({ to: `/policies/${rule.rule}` })}
          empty={<NoRules filtered={filtered} />}
        />
      </section>
    </Page>
  )
}

export { Policies as Page }
