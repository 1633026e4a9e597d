import { Argument, type Command, Option } from 'commander'
import { promiseInWords } from './backorders.ts'
import { readNumber } from './lines.ts'
import { reservationNamed } from './namedReservation.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

/** Promises of dates: `holdfast promises …`. */
export const register = (program: Command, shell: Shell): void => {
  const promises = program
    .command('promises')
    .summary('the dates that buyers were told: list, show, rate, link, answer')
    .addHelpText('after', '\nExample:\n  $ holdfast promises list --late')
  registerList(promises, shell)
  registerShow(promises, shell)
  registerRate(promises, shell)
  registerLink(promises, shell)
  registerAnswer(promises, shell)
}

const registerList = (promises: Command, shell: Shell): void => {
  const list = promises
    .command('list')
    .summary('those that fall due first')
    .option('--sku <code>', 'only this SKU')
    .option('--location <code>', 'only this location')
    .option('--order <reference>', 'only this order')
    .addOption(new Option('--state <state>', 'only these').choices(['open', 'ended']))
    .option('--late', 'only those that are open although their last day is over')
    .option('--limit <number>', 'rows at the most', readNumber, 100)
    .option('--cursor <cursor>', 'the page after')
    .addHelpText('after', '\nExample:\n  $ holdfast promises list --state open')
  list.action(() => {
    const { order: order_reference, ...rest } = list.opts()
    return shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.promises.list({ ...rest, order_reference }), page => [
        ...table(
          ['order or cart', 'sku', 'units', 'ships', 'first told', 'moved', 'outcome'],
          page.data.map(each => [
            each.order_reference ?? each.reservation_id,
            ...[each.sku, each.quantity, promiseInWords(each.promise), each.first_ship_to],
            ...[each.moves, each.late ? 'late' : (each.outcome ?? 'open')],
          ]),
        ),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ]),
    )
  })
}

const registerShow = (promises: Command, shell: Shell): void => {
  const show = promises
    .command('show <reservation>')
    .summary('the promises of a reservation, by its id or its order, with their history')
    .addHelpText('after', '\nExample:\n  $ holdfast promises show order-1001')
  show.action((named: string) =>
    shell.withHoldfast(show, async holdfast => {
      const reservation_id = await reservationNamed(holdfast, named)
      return outcomeOf(await holdfast.promises.get({ reservation_id }), found => [
        ...table(
          ['line', 'sku', 'when', 'why', 'ships', 'told'],
          found.promises.flatMap(each =>
            each.history.map(({ changed_at, reason, promise, told }) => [
              ...[each.line, each.sku, changed_at, reason, promiseInWords(promise)],
              told ? 'yes' : 'no',
            ]),
          ),
        ),
        ...found.notices.map(
          ({ notice_id, answer, answered_by, silence_at, silence_default }) =>
            `notice ${notice_id}: ${
              answer ? `${answer} (${answered_by})` : `${silence_default} from ${silence_at} on`
            }`,
        ),
      ])
    }),
  )
}

const registerRate = (promises: Command, shell: Shell): void => {
  const rate = promises
    .command('rate')
    .summary('how many promises were kept')
    .option('--days <number>', 'of those that ended since', readNumber, 90)
    .addHelpText('after', '\nExample:\n  $ holdfast promises rate --days 30')
  rate.action(() =>
    shell.withHoldfast(rate, async holdfast =>
      outcomeOf(await holdfast.promises.rate(rate.opts()), found => [
        found.rate === null
          ? `no promise with a date has ended in ${found.days} days`
          : `${(found.rate * 100).toFixed(1)} % kept in ${found.days} days: ${found.kept} kept, ` +
            `${found.late} late`,
        `open: ${found.open}, late: ${found.open_late}, moved: ${found.moved}`,
      ]),
    ),
  )
}

const registerLink = (promises: Command, shell: Shell): void => {
  const link = promises
    .command('link <notice>')
    .summary('the token for the link of a notice, good once')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast promises link 01a216d3-3fe5-70a1-a9ba-7ab797a32421',
    )
  link.action((notice_id: string) =>
    shell.withHoldfast(link, async holdfast =>
      outcomeOf(await holdfast.promises.link({ notice_id }), ({ token, silence_at }) => [
        token,
        `good once, until ${silence_at}`,
      ]),
    ),
  )
}

const registerAnswer = (promises: Command, shell: Shell): void => {
  const answer = promises
    .command('answer <notice>')
    .addArgument(new Argument('<choice>', 'what is wanted').choices(['keep', 'cancel']))
    .summary('what the buyer wants: keep the order, or cancel what waits')
    .option('--key <key>', 'idempotency key: the same key has one effect')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast promises answer 01a216d3-3fe5-70a1-a9ba-7ab797a32421 keep\n' +
        '\nA token of a link does as well as the id of a notice.',
    )
  answer.action((named: string, choice: 'keep' | 'cancel') => {
    const which = named.startsWith('hf_notice_') ? { token: named } : { notice_id: named }
    return shell.withHoldfast(answer, async holdfast =>
      outcomeOf(
        await holdfast.promises.answer({ ...which, choice }, { key: answer.opts()['key'] }),
        ({ cancelled }) => [`${choice}, ${cancelled} units cancelled`],
      ),
    )
  })
}
