import type { Command } from 'commander'
import { readNumber } from './lines.ts'
import { EXIT, type Outcome, outcomeOf, type Shell, table } from './shell.ts'

/**
 * What destroys asks by name, or shows itself with --dry-run, or needs --yes where nobody answers.
 */
const agreed = async (
  command: Command,
  shell: Shell,
  what: string,
  name: string,
): Promise<Outcome | undefined> => {
  const { dryRun, yes } = command.opts()
  if (dryRun) return { json: { ok: true, dry_run: true, would: what }, lines: [`would ${what}`] }
  if (yes) return undefined
  const unasked = { code: 'not_agreed', message: `This would ${what}. Add --yes to do it.` }
  if (!process.stdin.isTTY) {
    return { json: { ok: false, error: unasked }, lines: [unasked.message], exit: EXIT.usage }
  }
  const { text } = await import('@clack/prompts')
  const typed = await text({ message: `This would ${what}. Type "${name}" to do it.` })
  if (typed === name) return undefined
  shell.notice('Nothing was changed.')
  return { json: { ok: false, error: unasked }, exit: EXIT.usage }
}

const shown = (sku: { code: string; aliases?: { code: string; factor: number }[] }): string[] => [
  sku.code,
  ...(sku.aliases ?? []).map(alias => `  also ${alias.code} (${alias.factor} units)`),
]

/** SKUs and their codes: `holdfast skus …`. */
export const register = (program: Command, shell: Shell): void => {
  const skus = program
    .command('skus')
    .summary('SKUs: list, show, create, rename, merge, alias, archive')
    .addHelpText('after', '\nExample:\n  $ holdfast skus rename TEE-M TEE-MEDIUM')
  registerReads(skus, shell)
  const create = skus
    .command('create <code>')
    .summary('make a SKU')
    .option('--unit <unit>', 'what it is counted in', 'each')
    .option('--unit-decimals <number>', 'decimals of the unit that one counts', readNumber, 0)
    .option('--untracked', 'never runs out')
    .addHelpText('after', '\nExample:\n  $ holdfast skus create COFFEE --unit kg --unit-decimals 3')
  create.action(async (code: string) => {
    const { unit, unitDecimals: unit_decimals, untracked } = create.opts()
    const request = { code, unit, unit_decimals, tracked: !untracked }
    await shell.withHoldfast(create, async holdfast =>
      outcomeOf(await holdfast.skus.create(request), shown),
    )
  })
  const rename = skus
    .command('rename <sku> <to>')
    .summary('give a SKU another code; the old one still leads to it')
    .addHelpText('after', '\nExample:\n  $ holdfast skus rename TEE-M TEE-MEDIUM')
  rename.action((sku: string, to: string) =>
    shell.withHoldfast(rename, async holdfast =>
      outcomeOf(await holdfast.skus.rename({ sku, to }), shown),
    ),
  )
  const alias = skus
    .command('alias <sku> <alias>')
    .summary('another code for a SKU, or a pack of it')
    .option('--factor <number>', 'units in one of the alias', readNumber, 1)
    .addHelpText('after', '\nExample:\n  $ holdfast skus alias TEE-M TEE-M-6PACK --factor 6')
  alias.action((sku: string, name: string) =>
    shell.withHoldfast(alias, async holdfast =>
      outcomeOf(
        await holdfast.skus.alias({ sku, alias: name, factor: alias.opts()['factor'] }),
        shown,
      ),
    ),
  )
  registerDestroying(skus, shell)
}

const registerReads = (skus: Command, shell: Shell): void => {
  const list = skus
    .command('list')
    .summary('all SKUs')
    .option('--q <text>', 'whose code has this text')
    .option('--limit <number>', 'rows at the most', readNumber, 100)
    .option('--cursor <cursor>', 'the page after')
    .addHelpText('after', '\nExample:\n  $ holdfast skus list --q TEE')
  list.action(async () => {
    const { q, limit, cursor } = list.opts()
    await shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.skus.list({ q, limit, cursor }), page => [
        ...table(
          ['sku', 'unit', 'tracked', 'archived_at'],
          page.data.map(sku => [sku.code, sku.unit, `${sku.tracked}`, sku.archived_at ?? '']),
        ),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ]),
    )
  })
  const show = skus
    .command('show <sku>')
    .summary('one SKU, by any of its codes')
    .addHelpText('after', '\nExample:\n  $ holdfast skus show TEE-M')
  show.action((sku: string) =>
    shell.withHoldfast(show, async holdfast =>
      outcomeOf(await holdfast.skus.get({ sku }), found => [JSON.stringify(found, null, 2)]),
    ),
  )
}

const registerDestroying = (skus: Command, shell: Shell): void => {
  const merge = skus
    .command('merge <from> <into>')
    .summary('make one SKU of two: codes, stock and reservations move')
    .option('--dry-run', 'only say what would happen')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  $ holdfast skus merge TEE-M-OLD TEE-M --yes')
  merge.action((from: string, into: string) =>
    shell.withHoldfast(merge, async holdfast => {
      const what = `move codes, stock and reservations of ${from} to ${into} and archive ${from}`
      return (
        (await agreed(merge, shell, what, from)) ??
        outcomeOf(await holdfast.skus.merge({ from, into }), shown)
      )
    }),
  )
  const archive = skus
    .command('archive <sku>')
    .summary('take a SKU out of sale')
    .option('--dry-run', 'only say what would happen')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  $ holdfast skus archive TEE-M --yes')
  archive.action((sku: string) =>
    shell.withHoldfast(
      archive,
      async holdfast =>
        (await agreed(archive, shell, `take ${sku} out of sale`, sku)) ??
        outcomeOf(await holdfast.skus.archive({ sku }), shown),
    ),
  )
}
