import { type Command, Option } from 'commander'
import type { Holdfast } from '../holdfast.ts'
import type { ChangedSupply, Supply } from '../supply/supply.ts'
import { agreedOn, counted, destroying, refused } from './agree.ts'
import { readNumber } from './lines.ts'
import { type Outcome, outcomeOf, refusalOutcome, type Shell, table } from './shell.ts'
import { received } from './stock.ts'

const days = ({ expected_on, expected_to }: Supply): string =>
  expected_on === expected_to ? expected_on : `${expected_on} to ${expected_to}`

/** What a change of supply has moved, and who hears of it. */
const moved = ({ promises_changed = 0, notices = 0 }: Partial<ChangedSupply>): string[] => {
  if (promises_changed === 0) return []
  const promises = promises_changed === 1 ? '1 promise was' : `${promises_changed} promises were`
  const told = notices === 0 ? 'nobody is' : notices === 1 ? '1 buyer is' : `${notices} buyers are`
  return [`${promises} worked out anew, ${told} told of another date`]
}

const shown = (supply: Supply & Partial<ChangedSupply>): string[] => [
  `${supply.code}  ${supply.open} of ${supply.quantity} ${supply.sku} for ${supply.location}, ` +
    `expected ${days(supply)}, ${supply.late ? 'late' : supply.state}`,
  ...moved(supply),
]

/** Supply that is expected: `holdfast supply …`. */
export const register = (program: Command, shell: Shell): void => {
  const supply = program
    .command('supply')
    .summary('units that are expected: list, show, book, move, short, cancel, receive')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast supply book PO-1001 TEE-M berlin 24 --on 2027-03-01',
    )
  registerList(supply, shell)
  registerShow(supply, shell)
  registerBook(supply, shell)
  registerMove(supply, shell)
  registerShort(supply, shell)
  registerCancel(supply, shell)
  registerReceive(supply, shell)
}

const withWords = (command: Command): Command =>
  command
    .option('--reason <text>', 'why; it stands in the history')
    .option('--key <key>', 'idempotency key: the same key has one effect')

const registerList = (supply: Command, shell: Shell): void => {
  const list = supply
    .command('list')
    .summary('what is expected, and what has come')
    .option('--sku <code>', 'only this SKU')
    .option('--location <code>', 'only this location')
    .addOption(
      new Option('--state <state>', 'only these').choices([
        ...['open', 'received', 'short', 'cancelled'],
      ]),
    )
    .option('--late', 'only what is open although its last day is over')
    .option('--limit <number>', 'rows at the most', readNumber, 100)
    .option('--cursor <cursor>', 'the page after')
    .addHelpText('after', '\nExample:\n  $ holdfast supply list --state open')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.supply.list(list.opts()), page => [
        ...table(
          ['code', 'sku', 'location', 'quantity', 'received', 'expected', 'state'],
          page.data.map(each => [
            ...[each.code, each.sku, each.location, each.quantity, each.received],
            ...[days(each), each.late ? 'late' : each.state],
          ]),
        ),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ]),
    ),
  )
}

const registerShow = (supply: Command, shell: Shell): void => {
  const show = supply
    .command('show <code>')
    .summary('supply with its history')
    .addHelpText('after', '\nExample:\n  $ holdfast supply show PO-1001')
  show.action((code: string) =>
    shell.withHoldfast(show, async holdfast =>
      outcomeOf(await holdfast.supply.get({ code }), found => [
        ...shown(found),
        ...table(
          ['when', 'what', 'quantity', 'received', 'expected', 'reason'],
          found.changes.map(({ changed_at, what, after, reason }) => [
            ...[changed_at, what, after.quantity ?? null, after.received ?? null],
            ...[`${after.expected_on} to ${after.expected_to}`, reason],
          ]),
        ),
      ]),
    ),
  )
}

const registerBook = (supply: Command, shell: Shell): void => {
  const book = supply
    .command('book <code> <sku> <location>')
    .summary('book units that are expected')
    .argument('<quantity>', 'of the unit', readNumber)
    .requiredOption('--on <day>', 'the day on which they are expected')
    .option('--to <day>', 'the last day on which they may come')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast supply book PO-1001 TEE-M berlin 24 --on 2027-03-01',
    )
  withWords(book).action((code: string, sku: string, location: string, quantity: number) => {
    const { on: expected_on, to: expected_to, reason, key } = book.opts()
    const request = { code, sku, location, quantity, expected_on, expected_to, reason }
    return shell.withHoldfast(book, async holdfast =>
      outcomeOf(await holdfast.supply.book(request, { key }), shown),
    )
  })
}

const registerMove = (supply: Command, shell: Shell): void => {
  const move = supply
    .command('move <code>')
    .summary('supply comes later, or earlier')
    .requiredOption('--on <day>', 'the day on which it is expected now')
    .option('--to <day>', 'the last day on which it may come')
    .addHelpText('after', '\nExample:\n  $ holdfast supply move PO-1001 --on 2027-03-08')
  withWords(move).action((code: string) => {
    const { on: expected_on, to: expected_to, reason, key } = move.opts()
    return shell.withHoldfast(move, async holdfast =>
      outcomeOf(
        await holdfast.supply.update({ code, expected_on, expected_to, reason }, { key }),
        shown,
      ),
    )
  })
}

/** Asks before units come no more: says what is open, and how many wait for such units. */
const agreedToEnd = async (
  { supply, promises }: Holdfast,
  command: Command,
  shell: Shell,
  asked: { code: string; what: string },
): Promise<Outcome | undefined> => {
  const { code: name } = asked
  const found = await supply.get({ code: name })
  if (!found.ok || found.state !== 'open') {
    // The engine refuses what is closed; or it gives the first answer of the same key again.
    return command.opts()['dryRun']
      ? refusalOutcome((found.ok ? refused('supply_closed') : found).refusal)
      : undefined
  }
  const { sku, location } = found
  const waiting = await promises.list({ sku, location, state: 'open', limit: 250 })
  const what = (one: Supply) =>
    `${asked.what} (${one.open} of ${one.quantity} ${sku} for ${location} are open, expected ` +
    `${days(one)}; ${counted(waiting, 'promise')} of ${sku} there)`
  return agreedOn(command, shell, { name, found, what })
}

const registerShort = (supply: Command, shell: Shell): void => {
  const short = destroying(
    supply
      .command('short <code>')
      .argument('<quantity>', 'units that come in all', readNumber)
      .summary('less comes than was ordered, or more'),
  ).addHelpText('after', '\nExample:\n  $ holdfast supply short PO-1001 20 --yes')
  withWords(short).action((code: string, quantity: number) => {
    const { reason, key } = short.opts()
    return shell.withHoldfast(short, async holdfast => {
      const what = `let ${quantity} units of ${code} come in all`
      return (
        (await agreedToEnd(holdfast, short, shell, { code, what })) ??
        outcomeOf(await holdfast.supply.update({ code, quantity, reason }, { key }), shown)
      )
    })
  })
}

const registerCancel = (supply: Command, shell: Shell): void => {
  const cancel = destroying(
    supply.command('cancel <code>').summary('what of it has not come, never will'),
  ).addHelpText('after', '\nExample:\n  $ holdfast supply cancel PO-1001 --reason "no yarn" --yes')
  withWords(cancel).action((code: string) => {
    const { reason, key } = cancel.opts()
    return shell.withHoldfast(cancel, async holdfast => {
      const what = `let nothing more of ${code} come`
      return (
        (await agreedToEnd(holdfast, cancel, shell, { code, what })) ??
        outcomeOf(await holdfast.supply.cancel({ code, reason }, { key }), shown)
      )
    })
  })
}

const registerReceive = (supply: Command, shell: Shell): void => {
  const receive = supply
    .command('receive <code>')
    .argument('[quantity]', 'units that have come; all that is open', readNumber)
    .summary('book it as stock; whoever waits is served')
    .option('--over', 'more than was ordered may come')
    .option('--document <text>', 'the document behind it')
    .addHelpText('after', '\nExample:\n  $ holdfast supply receive PO-1001 20')
  withWords(receive).action((code: string, quantity: number | undefined) => {
    const { over, document, reason, key } = receive.opts()
    const request = { code, quantity, over, document, reason }
    return shell.withHoldfast(receive, async holdfast =>
      outcomeOf(await holdfast.supply.receive(request, { key }), received),
    )
  })
}
