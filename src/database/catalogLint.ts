import type { Context } from './context.ts'
import { readFor } from './context.ts'

/** A rule that is broken: by an object of the database, or by a function in a file. */
export type LintFinding = { rule: string; object: string; detail: string }

/** Checks what the migrations have made, in the catalogue of a database. */
export const lintCatalog = async (
  context: Context,
  request: { except?: string[] } = {},
): Promise<LintFinding[]> => {
  const answer = await readFor<{ findings: LintFinding[] }>(context, 'catalog_lint', request)
  return answer.findings
}

type SqlFunction = { object: string; path: string; body: string; stable: boolean }

const FUNCTION = /create (?:or replace )?function\s+([\w.]+)\s*\(/gi

const withoutComments = (text: string): string => text.replace(/--[^\n]*/g, '')
/** Text literals say things to people; what they say is no statement. */
const withoutTexts = (text: string): string => text.replace(/'(?:[^']|'')*'/g, "''")

const functionsOf = (path: string, text: string): SqlFunction[] => {
  const bare = withoutComments(text)
  const starts = [...bare.matchAll(FUNCTION)]
  return starts.map((start, i) => {
    const body = bare.slice(start.index, starts[i + 1]?.index)
    const head = body.slice(0, body.indexOf('$$'))
    return { object: start[1] ?? path, path, body, stable: /\bstable\b/i.test(head) }
  })
}

/** The statements of a body, as far as a semicolon tells. */
const statementsOf = ({ body }: SqlFunction): string[] => withoutTexts(body).split(';')

type Rule = (of: SqlFunction, all: SqlFunction[]) => string[]

const SOURCE = new RegExp(
  String.raw`(?<!\bdistinct\s)(?<!\bepoch\s)\b(from|join|insert\s+into|` +
    String.raw`(?<!\bfor\s|\bkey\s|\bdo\s)update)\s+(?:only\s+)?([a-z_$%][\w.$%]*)\s*(\()?`,
  'gi',
)
const CTE = /\b([a-z_]\w*)\s*(?:\([^()]*\))?\s+as\s+(?:not\s+)?(?:materialized\s+)?\(/gi
const BUILTIN = /^(unnest|generate_series|jsonb?_\w+|regexp_\w+|pg_\w+|string_to_table)$/
const OURS = /^(holdfast|holdfast_engine_n|pg_catalog)\./i
const WORDS = /^(lateral|set|of|skip|nowait|select)$/i

/** A table or function without its schema would be looked for along the caller's search_path. */
const schemaQualified: Rule = ({ body }) => {
  const text = withoutTexts(body)
  if (/set search_path = pg_catalog, pg_temp/i.test(text)) return []
  const local = new Set([...text.matchAll(CTE)].map(match => match[1]))
  return [...text.matchAll(SOURCE)]
    .filter(([, , name = '', call]) => {
      if (OURS.test(name) || WORDS.test(name) || local.has(name)) return false
      if (call && BUILTIN.test(name)) return false
      return !/^[$%]|^[pv]_/.test(name) // a part of a dynamic text, substring(p_text from v_at)
    })
    .map(match => `${match[1]} ${match[2]}`)
}

const NO_TENANT = new Set(['tenants', 'transaction_kinds', 'migrations', 'engines'])

/** The first wall between tenants; on many machines it also leads to the one that has the rows. */
const tenantInEveryStatement: Rule = of =>
  statementsOf(of).flatMap(statement => {
    const tables = [
      ...statement.matchAll(/\b(?:from|join|update|into)\s+holdfast\.(\w+)(?!\w*\s*\()/gi),
    ]
    const ours = tables.filter(match => !NO_TENANT.has(match[1] ?? ''))
    return ours.length > 0 && !/\btenant_id\b/i.test(statement) ? [ours[0]?.[0] ?? ''] : []
  })

const skipLockedWithTenant: Rule = of =>
  statementsOf(of)
    .filter(statement => /skip locked/i.test(statement))
    .filter(statement => !/tenant_id\s*=/i.test(statement))
    .map(() => 'skip locked without the tenant')

/** NOTIFY takes a lock of the whole database at commit, and on many machines it is heard by one. */
const noNotify: Rule = ({ body }) =>
  [...withoutTexts(body).matchAll(/\b(pg_notify|notify|listen|unlisten)\b/gi)].map(
    match => match[0],
  )

const TIME = /\b(now\s*\(|current_timestamp|localtimestamp|\w+_timestamp\s*\()/gi

/** Only holdfast.clock() judges time; now() confirmed an expired hold after a wait for a lock. */
const onlyOneClock: Rule = ({ body, path }) =>
  /^src\/(database|server)\//.test(path) // maintenance and readiness decide nothing
    ? []
    : [...withoutTexts(body).matchAll(TIME)].map(match => match[0])

const WRITES = /\b(insert\s+into|delete\s+from|update\s+holdfast\.|for\s+(no\s+key\s+)?update)\b/i

/** A STABLE function sees the snapshot of before the lock: 69 to 71 of 60 were sold in a trial. */
const noStableInDecisions: Rule = ({ body }, all) => {
  const text = withoutTexts(body)
  if (!WRITES.test(text)) return []
  return all
    .filter(other => other.stable && new RegExp(`${other.object}\\s*\\(`).test(text))
    .map(other => other.object)
}

const invokerOnly: Rule = ({ body, object }) =>
  /security\s+definer/i.test(withoutTexts(body)) &&
  !/^holdfast\.(make_ledger_partition|analyze_table)$/.test(object)
    ? ['security definer']
    : []

const rules: Record<string, Rule> = {
  schema_qualified: schemaQualified,
  tenant_in_every_statement: tenantInEveryStatement,
  skip_locked_with_tenant: skipLockedWithTenant,
  no_notify: noNotify,
  only_one_clock: onlyOneClock,
  no_stable_in_decisions: noStableInDecisions,
  functions_as_invoker: invokerOnly,
}

/** Checks the functions of `.sql` files: path → text. */
export const lintSqlFiles = (files: Record<string, string>): LintFinding[] => {
  const all = Object.entries(files).flatMap(([path, text]) => functionsOf(path, text))
  return all.flatMap(of =>
    Object.entries(rules).flatMap(([rule, check]) =>
      check(of, all).map(detail => ({ rule, object: `${of.path}: ${of.object}`, detail })),
    ),
  )
}
