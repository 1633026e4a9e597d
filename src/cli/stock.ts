import { Argument, type Command, Option } from 'commander'
import type { StockGrant } from '../stock/stock.ts'
import { readNumber } from './lines.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const changed = (grant: StockGrant): string[] =>
  table(
    ['sku', 'location', 'on_hand', 'held', 'committed', 'available', 'shortage', 'version'],
    grant.lines.map(line =>
      'refusal' in line
        ? [line.sku, line.location, line.refusal.code, null, null, null, null, null]
        : [
            line.sku,
            line.location,
            line.on_hand,
            line.held,
            line.committed,
            line.available,
            line.shortage,
            line.version,
          ],
    ),
  )

/** The levels after a receipt, and who waited for it. */
export const received = (grant: StockGrant): string[] => [
  ...changed(grant),
  ...grant.lines.flatMap(line =>
    'refusal' in line
      ? []
      : (line.allocated ?? []).map(
          ({ quantity, order_reference, reservation_id }) =>
            `${quantity} for ${order_reference ?? reservation_id}, who waited`,
        ),
  ),
]

/** Shows and changes stock: `holdfast stock …`. */
export const register = (program: Command, shell: Shell): void => {
  const stock = program
    .command('stock')
    .summary('show and change stock')
    .addHelpText('after', '\nExample:\n  $ holdfast stock show --sku TEE-M')
  registerShow(stock, shell)
  registerChange(stock, shell, 'set', 'set a counter to what was counted', 'set TEE-M berlin 12')
  registerChange(
    stock,
    shell,
    'adjust',
    'change a counter by a difference',
    'adjust TEE-M berlin -1 --reason broken',
  )
  registerChange(stock, shell, 'receive', 'book units that have arrived', 'receive TEE-M berlin 24')
  registerMove(stock, shell)
}

const STATES = ['available', 'damaged', 'quality_control', 'set_aside']
const COUNTERS = ['on_hand', ...STATES]

const quantityArgument = () => new Argument('<quantity>', 'of the unit').argParser(readNumber)

/** What every change of stock may say about itself. */
const withWords = (command: Command): Command =>
  command
    .option('--reason <text>', 'why; it stands in the ledger')
    .option('--document <text>', 'the document behind it')
    .option('--key <key>', 'idempotency key: the same key has one effect')

const registerMove = (stock: Command, shell: Shell): void => {
  const state = (flags: string) =>
    new Option(flags, 'a state').choices(STATES).makeOptionMandatory()
  const move = stock
    .command('move <sku> <location>')
    .addArgument(quantityArgument())
    .summary('move units between states')
    .addOption(state('--from <state>'))
    .addOption(state('--to <state>'))
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast stock move TEE-M berlin 1 --from available --to damaged',
    )
  withWords(move).action(async (sku: string, location: string, quantity: number) => {
    const { from, to, reason, document, key } = move.opts()
    const lines = [{ sku, location, quantity, from, to }]
    const request = { lines, ...(reason && { reason }), ...(document && { document }) }
    await shell.withHoldfast(move, async holdfast =>
      outcomeOf(await holdfast.move(request, { key }), changed),
    )
  })
}

const registerShow = (stock: Command, shell: Shell): void => {
  const show = stock
    .command('show')
    .summary('the counters of every level')
    .option('--sku <code>', 'only this SKU')
    .option('--location <code>', 'only this location')
    .option('--limit <number>', 'rows at the most', readNumber, 100)
    .option('--cursor <cursor>', 'the page after')
    .addHelpText('after', '\nExample:\n  $ holdfast stock show --location berlin --limit 20')
  show.action(async () => {
    const { sku, location, limit, cursor } = show.opts()
    await shell.withHoldfast(show, async holdfast =>
      outcomeOf(await holdfast.levels({ sku, location, limit, cursor }), page => [
        ...table(
          [
            'sku',
            'location',
            'on_hand',
            'held',
            'committed',
            'unavailable',
            'available',
            'version',
          ],
          page.data.map(level => [
            level.sku,
            level.location,
            level.on_hand,
            level.held,
            level.committed,
            level.unavailable,
            level.available,
            level.version,
          ]),
        ),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ]),
    )
  })
}

const registerChange = (
  stock: Command,
  shell: Shell,
  verb: 'set' | 'adjust' | 'receive',
  summary: string,
  example: string,
): void => {
  const command = withWords(stock.command(`${verb} <sku> <location>`))
    .addArgument(quantityArgument())
    .summary(summary)
    .addOption(
      new Option('--state <state>', 'the counter, if another than usual').choices(
        verb === 'set' ? COUNTERS : STATES,
      ),
    )
    .addHelpText('after', `\nExample:\n  $ holdfast stock ${example}`)
  if (verb !== 'receive') {
    command.option('--change-from <number>', 'refuse unless it has this many now', readNumber)
  }
  command.action(async (sku: string, location: string, quantity: number) => {
    const { state, reason, document, key, changeFrom: change_from } = command.opts()
    const line = {
      ...{ sku, location, quantity },
      ...(state && { state }),
      ...(change_from !== undefined && { change_from }),
    }
    const request = { lines: [line], ...(reason && { reason }), ...(document && { document }) }
    await shell.withHoldfast(command, async holdfast =>
      outcomeOf(await holdfast[verb](request, { key }), received),
    )
  })
}
