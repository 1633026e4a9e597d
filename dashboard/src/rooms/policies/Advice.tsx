import { api } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { Panel } from '../../parts/Page.tsx'
import { StatusShape } from '../../parts/Status.tsx'
import { type Fields, saidFields, useScopeText, valueText } from './fields.ts'
import { words } from './words.ts'

type Advised = {
  sku: string
  location: string | null
  advice: 'allow' | 'deny'
  reason:
    | 'made_to_order'
    | 'campaign'
    | 'reliable'
    | 'lead_time_known'
    | 'no_feed'
    | 'often_late'
    | 'irregular'
    | 'nothing_known'
  facts: { received: number; late: number; days_min: number | null; days_max: number | null }
  fields: Record<string, unknown>
}

const useMakeRule = ({ sku, location, fields }: Advised) => {
  const t = useWords(words)
  const scopeText = useScopeText()
  const scope = { sku, ...(location !== null && { location }) }
  const changes = ['policies', 'levels', 'promises', 'audit_log']
  const clear = useWrite(
    () => api.POST('/v1/policies/clear', { body: { rules: [scope] } }),
    changes,
  )
  const set = useWrite(
    () => api.POST('/v1/policies/set', { body: { rules: [{ ...scope, fields }] } as never }),
    changes,
  )
  const run = () =>
    set.mutate(undefined, {
      onSuccess: () =>
        tell({
          text: t('saved', { scope: scopeText(scope) }),
          undo: () => clear.mutate(undefined),
        }),
    })
  return { run, busy: set.isPending }
}

const Shown = ({ advised }: { advised: Advised }) => {
  const t = useWords(words)
  const format = useFormat()
  const may = useMay('stock')
  const { run, busy } = useMakeRule(advised)
  const { advice, reason, facts } = advised
  const said = saidFields(advised.fields as Fields)
  return (
    <div className="body stack tight">
      <div className={advice === 'allow' ? 'note ok' : 'note'}>
        <StatusShape shape={advice === 'allow' ? 'tick' : 'struck'} size={15} />
        <div>
          <b>{t(`advice_${advice}`)}</b>
          <p>{t(`why_${reason}`)}</p>
        </div>
      </div>
      <p className="t12 mut">{t('supplyFacts', { count: facts.received, late: facts.late })}</p>
      <ul className="row wrap gap4">
        {said.map(([name, value]) => (
          <li key={name} className="chip">
            {t(`f_${name}`)} <b>{valueText(t, format, name, value)}</b>
          </li>
        ))}
      </ul>
      {may && said.length > 0 && (
        <div>
          <button type="button" className="btn sm" onClick={run} disabled={busy}>
            {t('makeItRule')}
          </button>
        </div>
      )}
    </div>
  )
}

/** Whether the SKU should be sold beyond stock, by what its supply was like. */
export const Advice = ({ sku, location }: { sku: string; location: string }) => {
  const t = useWords(words)
  const query = { sku, ...(location && { location }) }
  const advice = useRead(['policies', 'advice', query], signal =>
    api.GET('/v1/backorders/advice', { params: { query }, signal }),
  )
  return (
    <Panel title={t('advice')}>
      <Answer of={advice} rows={2}>
        {found => <Shown advised={found as Advised} />}
      </Answer>
    </Panel>
  )
}
