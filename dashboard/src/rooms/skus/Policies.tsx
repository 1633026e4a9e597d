import { Link } from '@tanstack/react-router'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { Panel } from '../../parts/Page.tsx'
import { usePolicy } from './reads.ts'
import { words } from './words.ts'

const shown = [
  'backorder_mode',
  'backorder_cap',
  'lead_days_min',
  'lead_days_max',
  'safety_stock',
  'low_stock_threshold',
  'hold_seconds',
  'order_hold_seconds',
  'extension_count_max',
  'release_delay_seconds',
] as const
type Field = (typeof shown)[number]

const MINUTE = 60
const modes = ['deny', 'allow', 'notify', 'pre_order', 'made_to_order'] as const

const Value = ({ field, value }: { field: Field; value: unknown }) => {
  const t = useWords(words)
  const { number } = useFormat()
  if (field === 'backorder_mode') {
    const mode = modes.find(each => each === value) ?? 'deny'
    return t(`mode_${mode}`)
  }
  const count = Number(value)
  if (field.endsWith('_seconds')) {
    return count % MINUTE === 0 ? t('minutes', { count: count / MINUTE }) : t('seconds', { count })
  }
  return field.startsWith('lead_days') ? t('businessDays', { count }) : number(count)
}

/** What holds for this SKU, and the rule that won. */
export const Policies = ({ sku }: { sku: string }) => {
  const t = useWords(words)
  const policy = usePolicy(sku)
  return (
    <Panel
      title={t('policies')}
      end={
        <Link className="t12" to="/policies" search={{ sku } as never}>
          {t('policiesAll')}
        </Link>
      }
    >
      <Answer of={policy} rows={4}>
        {({ policy: of, decided_by: by }) => (
          <dl className="kv body">
            {shown.flatMap(field => {
              const value = of[field]
              if (value === null || value === undefined) return []
              const rule = (by as Record<string, number | 'default'>)[field]
              return [
                <dt key={`${field} name`}>{t(`field_${field}`)}</dt>,
                <dd key={field}>
                  <Value field={field} value={value} />{' '}
                  <span className="mut t12">
                    {typeof rule === 'number' ? (
                      <Link to="/policies" search={{ rule: String(rule) } as never}>
                        {t('byRule', { rule })}
                      </Link>
                    ) : (
                      t('byDefault')
                    )}
                  </span>
                </dd>,
              ]
            })}
          </dl>
        )}
      </Answer>
    </Panel>
  )
}
