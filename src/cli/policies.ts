import { type Command, InvalidArgumentError } from 'commander'
import { importPolicies, type PolicyImport } from '../policies/importPolicies.ts'
import type {
  ChainLink,
  ChangedRules,
  ExplainedPolicy,
  NamedRule,
  Rule,
  RuleFields,
  RuleScope,
} from '../policies/policies.ts'
import { agreed, destroying } from './agree.ts'
import { readNumber } from './lines.ts'
import { EXIT, type Outcome, outcomeOf, refusalOutcome, type Shell, table } from './shell.ts'

const ASSIGNMENT = /^([a-z_]+)=(.*)$/s
const WHOLE = /^-?\d+$/

/** What a word stands for; what does not fit its field the engine refuses. */
const meantBy = (word: string): unknown => {
  if (word === '' || word === 'default') return null
  if (word === 'true' || word === 'false') return word === 'true'
  return WHOLE.test(word) ? Number(word) : word
}

/** Reads `field=value`; an empty value makes the rule say nothing of the field. */
const readAssignment = (text: string, before: RuleFields = {}): RuleFields => {
  const [, field, word] = ASSIGNMENT.exec(text) ?? []
  if (field === undefined || word === undefined) {
    throw new InvalidArgumentError('A field is set by field=value, as backorder_cap=5.')
  }
  return { ...before, [field]: meantBy(word) }
}

const scoped = (command: Command): Command =>
  command
    .option('--product <handle>', 'of all SKUs of this product')
    .option('--sku <code>', 'of this SKU')
    .option('--location <code>', 'in sales from this location')
    .option('--channel <code>', 'in sales by this channel')
    .option('--tier <tier>', 'in sales to this sort of customer')

const named = (command: Command): Command =>
  scoped(command)
    .option('--rule <id>', 'a rule by its id instead', readNumber)
    .option('--from <instant>', 'when it begins; at once when left out')
    .option('--until <instant>', 'when it ends; never when left out')

const scopeOf = (command: Command): RuleScope => {
  const { product, sku, location, channel, tier } = command.opts()
  return { product, sku, location, channel, tier }
}

const nameOf = (command: Command): NamedRule => {
  const { rule, from: starts_at, until: ends_at } = command.opts()
  return { ...scopeOf(command), rule, starts_at, ends_at }
}

const byName = <Value>(fields: Record<string, Value>): [string, Value][] =>
  Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1))

const words = (fields: RuleFields): string =>
  byName(fields)
    .map(([field, value]) => `${field}=${value}`)
    .join(' ')

/** What a rule is about, in words: `sku TEE-M, tier vip, until 2027-…`; `all` without any. */
const aboutOf = (rule: Partial<Omit<Rule, 'rule'>>): string => {
  const about = (['product', 'sku', 'location', 'channel', 'tier'] as const)
    .filter(word => rule[word])
    .map(word => `${word} ${rule[word]}`)
  if (rule.starts_at) about.push(`from ${rule.starts_at}`)
  if (rule.ends_at) about.push(`until ${rule.ends_at}`)
  return about.length > 0 ? about.join(', ') : 'all'
}

const ruleTable = (rules: Rule[], next: string | null): string[] => [
  ...table(
    ['rule', 'version', 'of', 'says', 'changed_at', 'by', 'closed_at'],
    rules.map(rule => [
      rule.rule,
      rule.version,
      aboutOf(rule),
      words(rule.fields),
      rule.changed_at,
      rule.changed_by === null ? null : `key ${rule.changed_by}`,
      rule.closed_at,
    ]),
  ),
  ...(next ? [`more: --cursor ${next}`] : []),
]

const changedLines = (done: string) => (answer: ChangedRules) =>
  answer.rules.flatMap(line =>
    'refusal' in line
      ? [`refused: ${line.refusal.message}`]
      : [
          `rule ${line.rule}, version ${line.version}: ${aboutOf(line)}: ` +
            (line.changed ? `${done}: ${words(line.fields)}` : 'as it was'),
          ...line.warnings.map(({ message }) => `  note: ${message}`),
        ],
  )

const effective = (answer: ExplainedPolicy): string[] => [
  `${answer.sku}: version ${answer.version}, at ${answer.at}`,
  ...table(
    ['field', 'value', 'decided by'],
    byName(answer.policy).map(([field, value]) => {
      const by = answer.decided_by[field as keyof typeof answer.decided_by]
      return [
        field,
        value === null ? null : `${value}`,
        by === 'default' ? 'default' : `rule ${by}`,
      ]
    }),
  ),
  `tracked: ${answer.tracked.value} (the switch of the ${answer.tracked.decided_by})`,
]

const linkName = (link: ChainLink): string =>
  link.rule === 'default' ? 'settings of the tenant' : `rule ${link.rule}: ${aboutOf(link)}`

const linkLines = (link: ChainLink, at: number): string[] => [
  `${at + 1}. ${linkName(link)}`,
  `   says    ${words(link.fields)}`,
  `   decides ${link.decides.join(' ') || 'nothing: a stronger rule does'}`,
]

/** Policies: `holdfast policies …`. */
export const register = (program: Command, shell: Shell): void => {
  const policies = program
    .command('policies')
    .summary('rules of holds, backorders and safety stock: show, set, explain, import')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast policies set --sku TEE-M backorder_mode=allow backorder_cap=5',
    )
  registerReads(policies, shell)
  registerSet(policies, shell)
  registerClear(policies, shell)
  registerImport(policies, shell)
}

const registerReads = (policies: Command, shell: Shell): void => {
  const paged = (command: Command): Command =>
    scoped(command)
      .option('--rule <id>', 'only this rule', readNumber)
      .option('--limit <number>', 'rows at the most', readNumber, 100)
      .option('--cursor <cursor>', 'the page after')
  const request = (command: Command) => {
    const { rule, limit, cursor } = command.opts()
    return { ...scopeOf(command), rule, limit, cursor }
  }
  const list = paged(policies.command('list').summary('rules in force, or yet to begin'))
  list.addHelpText('after', '\nExample:\n  $ holdfast policies list --sku TEE-M')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.policies.list(request(list)), page =>
        ruleTable(page.data, page.next_cursor),
      ),
    ),
  )
  const history = paged(
    policies.command('history').summary('every version of the rules: who changed what, and when'),
  )
  history.addHelpText('after', '\nExample:\n  $ holdfast policies history --sku TEE-M')
  history.action(() =>
    shell.withHoldfast(history, async holdfast =>
      outcomeOf(await holdfast.policies.history(request(history)), page =>
        ruleTable(page.data, page.next_cursor),
      ),
    ),
  )
  registerExplain(policies, shell, 'show', 'the policy of a SKU in a sale', effective)
  registerExplain(policies, shell, 'explain', 'the same, with the whole chain of rules', answer => [
    ...answer.chain.flatMap(linkLines),
    '',
    ...effective(answer),
  ])
}

const registerExplain = (
  policies: Command,
  shell: Shell,
  name: 'show' | 'explain',
  summary: string,
  lines: (answer: ExplainedPolicy) => string[],
): void => {
  const command = policies
    .command(`${name} <sku>`)
    .summary(summary)
    .option('--location <code>', 'in a sale from this location')
    .option('--channel <code>', 'in a sale by this channel')
    .option('--tier <tier>', 'in a sale to this sort of customer')
    .option('--at <instant>', 'then instead of now')
    .addHelpText('after', `\nExample:\n  $ holdfast policies ${name} TEE-M --location berlin`)
  command.action((sku: string) => {
    const { location, channel, tier, at } = command.opts()
    return shell.withHoldfast(command, async holdfast =>
      outcomeOf(await holdfast.policies.explain({ sku, location, channel, tier, at }), lines),
    )
  })
}

const registerSet = (policies: Command, shell: Shell): void => {
  const set = named(policies.command('set').summary('set fields of a rule; make it if need be'))
    .argument('<field=value...>', 'what the rule says; field= takes it back', readAssignment)
    .option('--dry-run', 'only say what would happen')
    .option('--key <key>', 'idempotency key: the same key has one effect')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ holdfast policies set hold_seconds=900\n' +
        '  $ holdfast policies set --sku TEE-M backorder_mode=allow backorder_cap=5 \\\n' +
        '      lead_days_min=7 lead_days_max=10\n' +
        '  $ holdfast policies set --product tee --tier vip hold_seconds=3600',
    )
  set.action((fields: RuleFields) => {
    const { dryRun, key } = set.opts()
    const request = { rules: [{ ...nameOf(set), fields }], ...(dryRun && { dry_run: true }) }
    const done = dryRun ? 'would say' : 'says'
    return shell.withHoldfast(set, async holdfast =>
      outcomeOf(await holdfast.policies.set(request, { key }), changedLines(done)),
    )
  })
}

const registerClear = (policies: Command, shell: Shell): void => {
  const clear = destroying(
    named(policies.command('clear').summary('clear a rule: it says nothing any more')),
  ).addHelpText('after', '\nExample:\n  $ holdfast policies clear --sku TEE-M --yes')
  clear.action(() =>
    shell.withHoldfast(clear, async ({ policies: room }) => {
      const rules = [nameOf(clear)]
      const seen = await room.clear({ rules, dry_run: true })
      const rule = seen.ok ? seen.rules[0] : undefined
      if (clear.opts()['dryRun'] || !rule || 'refusal' in rule) {
        return outcomeOf(seen, changedLines('would be cleared, said'))
      }
      const what = `clear rule ${rule.rule} (${aboutOf(rule)}), which says ${words(rule.fields)}`
      return (
        (await agreed(clear, shell, what, aboutOf(rule))) ??
        outcomeOf(await room.clear({ rules }), changedLines('cleared, said'))
      )
    }),
  )
}

const LISTED_MAX = 10

const importOutcome = (report: { ok: true } & PolicyImport): Outcome => ({
  json: report,
  lines: [
    `${report.dry_run ? 'Dry run: nothing was written. ' : ''}${report.rows} rows: ` +
      `${report.changed} changed, ${report.unchanged} as they were, ${report.rejected} rejected`,
    ...report.rejects.slice(0, LISTED_MAX).map(one => `  line ${one.line}: ${one.reason}`),
    ...report.warnings.slice(0, LISTED_MAX).map(one => `  line ${one.line}: ${one.message}`),
  ],
  exit: report.rejected > 0 ? EXIT.refused : EXIT.ok,
})

const registerImport = (policies: Command, shell: Shell): void => {
  const command = policies
    .command('import <file>')
    .summary('set rules from a CSV file; - reads standard input')
    .option('--dry-run', 'reports in full, writes nothing')
    .addHelpText(
      'after',
      '\nThe columns are product, sku, location, channel, tier, starts_at, ends_at and the\n' +
        'fields; an empty cell leaves a field as it is, "default" takes it back.\n' +
        '\nExample:\n  $ holdfast policies import policies.csv --dry-run',
    )
  command.action((file: string) =>
    shell.withHoldfast(command, async holdfast => {
      const source = file === '-' ? { stream: process.stdin } : { path: file }
      const answer = await importPolicies(holdfast.context, {
        ...source,
        dry_run: command.opts()['dryRun'] ?? false,
      })
      return answer.ok ? importOutcome(answer) : refusalOutcome(answer.refusal)
    }),
  )
}
