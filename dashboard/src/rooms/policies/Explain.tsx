import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Empty } from '../../parts/Answers.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { Page, Panel } from '../../parts/Page.tsx'
import { Rows } from '../../parts/Rows.tsx'
import { Advice } from './Advice.tsx'
import {
  type FieldName,
  type Fields,
  fieldNames,
  type Scope,
  saidFields,
  useScopeText,
  valueText,
} from './fields.ts'
import { usePlaces } from './RulesFilter.tsx'
import { words } from './words.ts'

type Explained = Schemas['ExplainedPolicy']
type Ring = Explained['chain'][number]

const Decider = ({ by }: { by: number | 'default' }) => {
  const t = useWords(words)
  if (by === 'default') return <span className="mut">{t('byDefault')}</span>
  return <Link to={`/policies/${by}`}>{t('byRule', { rule: by })}</Link>
}

/** Field by field: what holds, and who says so. */
const Holds = ({ explained }: { explained: Explained }) => {
  const t = useWords(words)
  const format = useFormat()
  const scopeText = useScopeText()
  const policy = explained.policy as Fields
  const deciders = explained.decided_by as Partial<Record<FieldName, number | 'default'>>
  return (
    <Panel title={`${explained.sku}`} sub={scopeText({ ...explained, sku: null, product: null })}>
      <Rows
        caption={t('explainUnder')}
        keyOf={name => name}
        rows={fieldNames}
        keyed
        columns={[
          { title: t('field'), cell: name => t(`f_${name}`) },
          {
            title: t('value'),
            cell: name => (
              <b className={policy[name] === null ? 'mut' : 'strong'}>
                {valueText(t, format, name, policy[name])}
              </b>
            ),
          },
          { title: t('decidedBy'), cell: name => <Decider by={deciders[name] ?? 'default'} /> },
        ]}
      />
      <footer>
        {format.labelled(t('tracked'))}
        <b>{explained.tracked.value ? t('yes') : t('no')}</b>
        <span className="mut">{t(`trackedBy_${explained.tracked.decided_by}`)}</span>
      </footer>
    </Panel>
  )
}

const ChainLink = ({ link }: { link: Ring }) => {
  const t = useWords(words)
  const format = useFormat()
  const scopeText = useScopeText()
  const decides = new Set(link.decides)
  const said = saidFields(link.fields as Fields)
  return (
    <li>
      <p className="row">
        <b className="el1">{link.rule === 'default' ? t('settings') : scopeText(link as Scope)}</b>
        <span className="end t12">
          <Decider by={link.rule} />
        </span>
      </p>
      <ul className="row wrap gap4">
        {said.map(([name, value]) => (
          <li
            key={name}
            className={decides.has(name) ? 'chip on' : 'chip off'}
            title={decides.has(name) ? t('decides') : t('overruled')}
          >
            {t(`f_${name}`)} <b>{valueText(t, format, name, value)}</b>
            {!decides.has(name) && <span className="vh">{t('overruled')}</span>}
          </li>
        ))}
      </ul>
    </li>
  )
}

const Chain = ({ explained }: { explained: Explained }) => {
  const t = useWords(words)
  return (
    <Panel title={t('chain')}>
      <ol className="chain">
        {[...explained.chain].reverse().map(link => (
          <ChainLink key={link.rule} link={link} />
        ))}
      </ol>
    </Panel>
  )
}

const names = ['sku', 'location', 'channel', 'tier', 'at'] as const
type Asked = Record<(typeof names)[number], string>

const Question = (props: { asked: Asked; onAsk: (asked: Asked) => void }) => {
  const t = useWords(words)
  const [typed, setTyped] = useState(props.asked)
  const { locations, channels } = usePlaces()
  const set = (name: keyof Asked) => (value: string) => setTyped({ ...typed, [name]: value })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    props.onAsk(typed)
  }
  return (
    <form className="panel asks" onSubmit={submit}>
      <TextField label={t('sku')} value={typed.sku} onChange={set('sku')} mono required autoFocus />
      <SelectField
        label={t('location')}
        value={typed.location}
        options={[{ value: '', title: '–' }, ...locations]}
        onChange={set('location')}
      />
      <SelectField
        label={t('channel')}
        value={typed.channel}
        options={[{ value: '', title: '–' }, ...channels]}
        onChange={set('channel')}
      />
      <TextField label={t('tier')} value={typed.tier} onChange={set('tier')} />
      <TextField label={t('at')} type="datetime-local" value={typed.at} onChange={set('at')} />
      <button type="submit" className="btn primary">
        {t('explainDo')}
      </button>
    </form>
  )
}

/** Why is this SKU sold as it is? */
const Explain = () => {
  const t = useWords(words)
  const [search, setSearch] = useAddress()
  const asked = Object.fromEntries(names.map(name => [name, search[name] ?? ''])) as Asked
  const { sku, location, channel, tier, at } = asked
  const query = {
    sku,
    ...(location && { location }),
    ...(channel && { channel }),
    ...(tier && { tier }),
    ...(at && { at: new Date(at).toISOString() }),
  }
  const explained = useRead(
    ['policies', 'explain', query],
    signal => api.GET('/v1/policies/explain', { params: { query }, signal }),
    { enabled: sku !== '' },
  )
  return (
    <Page
      title={t('explainTitle')}
      under={t('explainUnder')}
      above={[{ title: t('title'), to: '/policies' }]}
      actions={
        sku === '' ? undefined : (
          <Link className="btn" to="/policies/new" search={{ sku } as never}>
            {t('changeThis')}
          </Link>
        )
      }
    >
      <Question key={sku} asked={asked} onAsk={setSearch} />
      {sku === '' ? (
        <Empty icon="policy" title={t('explainAsk')}>
          {t('explainAskHelp')}
        </Empty>
      ) : (
        <Answer of={explained} rows={12}>
          {found => (
            <div className="cols">
              <div className="c7">
                <Holds explained={found} />
              </div>
              <div className="stack c5">
                <Chain explained={found} />
                <Advice sku={sku} location={location} />
              </div>
            </div>
          )}
        </Answer>
      )}
    </Page>
  )
}

export { Explain as Page }
