import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useMemo, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Problem } from '../../api/problem.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { Panel } from '../../parts/Page.tsx'
import { StatusShape } from '../../parts/Status.tsx'
import { FieldEditor, type Typed } from './FieldEditor.tsx'
import {
  type FieldName,
  type Fields,
  fieldNames,
  parsedValue,
  type Rule,
  type Scope,
  textOf,
  useScopeText,
  valueText,
} from './fields.ts'
import { emptyScope, ScopeFields, type TypedScope } from './ScopeFields.tsx'
import { words } from './words.ts'

const LOOK_AFTER_MS = 350

const instantOf = (local: string): string | null =>
  local === '' ? null : new Date(local).toISOString()

type Line = Scope & {
  rule?: number
  starts_at?: string | null
  ends_at?: string | null
  fields: Fields
}

const scopeOf = (scope: TypedScope): Omit<Line, 'fields' | 'rule'> => ({
  ...(scope.sku && { sku: scope.sku }),
  ...(scope.product && { product: scope.product }),
  ...(scope.location && { location: scope.location }),
  ...(scope.channel && { channel: scope.channel }),
  ...(scope.tier && { tier: scope.tier }),
  ...(scope.starts && { starts_at: instantOf(scope.starts) }),
  ...(scope.ends && { ends_at: instantOf(scope.ends) }),
})

const setRules = (line: Line, dryRun: boolean) =>
  api.POST('/v1/policies/set', {
    body: { rules: [line], ...(dryRun && { dry_run: true }) } as never,
  })

/** Only the fields that are other than what the rule says now. */
const changedFields = (typed: Typed, before: Fields): Fields =>
  Object.fromEntries(
    fieldNames.flatMap(name => {
      const text = typed[name]
      return text === undefined || text === textOf(before[name])
        ? []
        : [[name, parsedValue(name, text)]]
    }),
  )

/** Asks what a change would do, when the typing pauses; nothing is changed by it. */
const useTrial = (line: Line, ready: boolean) => {
  const asked = JSON.stringify(line)
  const [settled, setSettled] = useState('')
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(asked), LOOK_AFTER_MS)
    return () => window.clearTimeout(timer)
  }, [asked])
  return useRead(
    ['policies', 'trial', settled],
    () => setRules(JSON.parse(settled) as Line, true),
    { enabled: ready && settled === asked, fresh_ms: 0 },
  )
}

type Warning = { code: string; message: string }
type Warned = { warnings?: Warning[] }

const useWarningText = () => {
  const t = useWords(words)
  return ({ code, message }: Warning): string =>
    code === 'backorder_cap_zero' || code === 'backorder_cap_missing' ? t(`w_${code}`) : message
}

/** The change before it is made: field by field, and what the server thinks of it. */
const Trial = (props: {
  fields: Fields
  before: Fields
  problem: Problem | undefined
  warnings: Warning[]
}) => {
  const { fields, before, problem, warnings } = props
  const t = useWords(words)
  const warningText = useWarningText()
  const format = useFormat()
  const names = Object.keys(fields) as FieldName[]
  const text = (name: FieldName, value: unknown) =>
    value === null || value === undefined
      ? t('notSaid')
      : valueText(t, format, name, value as string)
  return (
    <Panel title={t('preview')}>
      <div className="body stack tight">
        {names.length === 0 && <p className="mut">{t('previewNone')}</p>}
        {names.length > 0 && (
          <dl className="changes">
            {names.map(name => (
              <div key={name}>
                <dt>{t(`f_${name}`)}</dt>
                <dd>
                  <span className="mut">{text(name, before[name])}</span> →{' '}
                  <b>{text(name, fields[name])}</b>
                </dd>
              </div>
            ))}
          </dl>
        )}
        {problem !== undefined && <Refusal problem={problem} />}
        {problem === undefined && warnings.length > 0 && (
          <div className="note warn">
            <StatusShape shape="triangle" size={15} />
            <div>
              <b>{t('warning')}</b>
              {warnings.map(warning => (
                <p key={warning.code}>{warningText(warning)}</p>
              ))}
            </div>
          </div>
        )}
      </div>
    </Panel>
  )
}

const wrongFieldOf = (problem: Problem | undefined) => {
  const field = problem?.facts['field']
  if (problem === undefined || typeof field !== 'string') return undefined
  return { field: field.replace(/^.*[./]/, ''), text: problem.facts.detail }
}

type Formed = {
  /** The rule that is changed; left out: a new one is made. */
  rule?: Rule
  scope?: Partial<TypedScope>
  aside?: React.ReactNode
}

/** What a rule is about and what it says; on the right what the change does. */
export const RuleForm = ({ rule, scope: wished, aside }: Formed) => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [scope, setScope] = useState<TypedScope>({ ...emptyScope, ...wished })
  const before = rule?.fields ?? {}
  const [typed, setTyped] = useState<Typed>(() =>
    Object.fromEntries(fieldNames.map(name => [name, textOf(before[name])])),
  )
  const fields = changedFields(typed, before)
  const line: Line = { ...(rule ? { rule: rule.rule } : scopeOf(scope)), fields }
  const ready = Object.keys(fields).length > 0
  const trial = useTrial(line, ready)
  const about = useScopeText()(rule ?? scope)
  const save = useWrite(
    (line: Line) => setRules(line, false),
    ['policies', 'levels', 'audit_log'],
    {
      quiet: true,
    },
  )
  const clear = useWrite(
    (id: number) => api.POST('/v1/policies/clear', { body: { rules: [{ rule: id }] } }),
    ['policies', 'levels'],
  )
  const problem = ready ? (save.error ?? trial.error ?? undefined) : undefined
  const inherited = useInherited(rule ?? scope)
  const opposite = useMemo(() => {
    const names = Object.keys(fields) as FieldName[]
    return Object.fromEntries(names.map(name => [name, before[name] ?? null]))
  }, [fields, before])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    save.mutate(line, {
      onSuccess: ({ rules: [made] }) => {
        const id = (made as { rule?: number } | undefined)?.rule
        const undo = () => {
          if (id === undefined) return
          if (rule === undefined) clear.mutate(id)
          else save.mutate({ rule: id, fields: opposite })
        }
        tell({ text: t('saved', { scope: about }), undo })
        navigate({ to: '/policies' })
      },
    })
  }
  const warnings = (trial.data?.rules[0] as Warned | undefined)?.warnings ?? []
  return (
    <form className="cols" onSubmit={submit}>
      <div className="stack c8">
        {!rule && <ScopeFields scope={scope} onChange={setScope} />}
        <Panel title={t('fieldsTitle')} sub={<span className="wide">{t('fieldsHelp')}</span>}>
          <div className="body stack">
            <FieldEditor
              typed={typed}
              inherited={inherited}
              wrong={wrongFieldOf(problem)}
              onChange={(name, value) => setTyped({ ...typed, [name]: value })}
            />
          </div>
        </Panel>
      </div>
      <div className="stack c4 sticky">
        <Trial fields={fields} before={before} problem={problem} warnings={ready ? warnings : []} />
        <button
          type="submit"
          className="btn primary lg"
          disabled={!ready || save.isPending}
          aria-busy={save.isPending}
        >
          {t('save')}
        </button>
        {aside}
      </div>
    </form>
  )
}

/** What holds without the rule, so that an empty field can say it; known where a SKU is named. */
const useInherited = ({ sku, location, channel, tier }: Scope) => {
  const query = {
    sku: sku ?? '',
    ...(location && { location }),
    ...(channel && { channel }),
    ...(tier && { tier }),
  }
  const explained = useRead(
    ['policies', 'explain', query],
    signal => api.GET('/v1/policies/explain', { params: { query }, signal }),
    { enabled: query.sku !== '' },
  )
  return (explained.data?.policy ?? {}) as Partial<Record<FieldName, string | number | boolean>>
}
