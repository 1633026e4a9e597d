import type { Command } from 'commander'
import type { Sku } from '../catalog/skus.ts'
import type { Holdfast } from '../holdfast.ts'
import { agreed, destroying } from './agree.ts'
import { readNumber } from './lines.ts'
import { type Outcome, outcomeOf, refusalOutcome, type Shell, table } from './shell.ts'

const shown = (sku: { code: string; aliases?: { code: string; factor: number }[] }): string[] => [
  sku.code,
  ...(sku.aliases ?? []).map(alias => `  also ${alias.code} (${alias.factor} units)`),
]

const described = (sku: Sku): string[] => [
  `${sku.code}  counted in ${sku.unit}` +
    `${sku.unit_decimals > 0 ? ` with ${sku.unit_decimals} decimals` : ''}` +
    `${sku.tracked_effective ? '' : ', not tracked: never runs out'}` +
    `${sku.archived_at ? `, archived ${sku.archived_at}` : ''}`,
  ...shown(sku).slice(1),
  ...sku.former_codes.map(code => `  once ${code}`),
  ...sku.barcodes.map(code => `  barcode ${code}`),
  `  ${inUnits(sku.totals)}, ${sku.totals.available} available`,
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
      outcomeOf(await holdfast.skus.get({ sku }), described),
    ),
  )
}

type Totals = { on_hand: number; held: number; committed: number; levels: number }

/** What of a SKU would move or end; the outcome instead where the code leads nowhere. */
const known = async (holdfast: Holdfast, sku: string): Promise<Totals | Outcome> => {
  const found = await holdfast.skus.get({ sku })
  return found.ok ? (found.totals as Totals) : refusalOutcome(found.refusal)
}

const inUnits = ({ on_hand, held, committed, levels }: Totals): string =>
  `${levels} levels, ${on_hand} on hand, ${held} held, ${committed} committed`

const registerDestroying = (skus: Command, shell: Shell): void => {
  const merge = destroying(
    skus
      .command('merge <from> <into>')
      .summary('make one SKU of two: codes, stock and reservations move'),
  ).addHelpText(
    'after',
    '\nExamples:\n  $ holdfast skus merge TEE-M-OLD TEE-M --dry-run\n' +
      '  $ holdfast skus merge TEE-M-OLD TEE-M --yes',
  )
  merge.action((from: string, into: string) =>
    shell.withHoldfast(merge, async holdfast => {
      const totals = await known(holdfast, from)
      if ('json' in totals) return totals
      const target = await known(holdfast, into)
      if ('json' in target) return target
      const what = `move the codes of ${from} and its stock (${inUnits(totals)}) to ${into}`
      return (
        (await agreed(merge, shell, what, from)) ??
        outcomeOf(await holdfast.skus.merge({ from, into }), shown)
      )
    }),
  )
  const archive = destroying(
    skus.command('archive <sku>').summary('take a SKU out of sale'),
  ).addHelpText('after', '\nExample:\n  $ holdfast skus archive TEE-M --yes')
  archive.action((sku: string) =>
    shell.withHoldfast(archive, async holdfast => {
      const totals = await known(holdfast, sku)
      if ('json' in totals) return totals
      const what = `take ${sku} out of sale (${inUnits(totals)})`
      return (
        (await agreed(archive, shell, what, sku)) ??
        outcomeOf(await holdfast.skus.archive({ sku }), shown)
      )
    }),
  )
}
