import type { Command } from 'commander'
import type { BackorderAdvice } from '../backorders/backorders.ts'
import type { ShipPromise } from '../promises/promises.ts'
import { readNumber } from './lines.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const daysInWords = (from: string | null | undefined, to: string): string =>
  from === to ? to : `${from} to ${to}`

/** A promise in a few words: `2026-12-08 to 2026-12-11 (lead_time)`. */
export const promiseInWords = (promise: ShipPromise | null): string => {
  if (!promise?.ship_to) return 'no date'
  const { ship_from, ship_to, arrives_from, arrives_to, source, supply } = promise
  const arrives = arrives_to ? `, arrives ${daysInWords(arrives_from, arrives_to)}` : ''
  const ground = supply ? `${source} ${supply}` : source
  return `${daysInWords(ship_from, ship_to)}${arrives} (${ground})`
}

/** Backorders: `holdfast backorders …`. */
export const register = (program: Command, shell: Shell): void => {
  const backorders = program
    .command('backorders')
    .summary('who waits for units, and for which SKUs that is wise: list, advise, lost')
    .addHelpText('after', '\nExample:\n  $ holdfast backorders list --sku TEE-M')
  registerList(backorders, shell)
  registerAdvise(backorders, shell)
  registerLost(backorders, shell)
}

const registerList = (backorders: Command, shell: Shell): void => {
  const list = backorders
    .command('list')
    .summary('who waits, in the order in which they are served')
    .option('--sku <code>', 'only this SKU')
    .option('--location <code>', 'only this location')
    .option('--order <reference>', 'only this order')
    .option('--limit <number>', 'rows at the most', readNumber, 100)
    .option('--cursor <cursor>', 'the page after')
    .addHelpText('after', '\nExample:\n  $ holdfast backorders list --sku TEE-M')
  list.action(() => {
    const { order: order_reference, ...rest } = list.opts()
    return shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.backorders.list({ ...rest, order_reference }), page => [
        ...table(
          ['order or cart', 'sku', 'location', 'units', 'ahead', 'ships'],
          page.data.map(each => [
            each.order_reference ?? each.reservation_id,
            ...[each.sku, each.location, each.backordered + each.held_backordered, each.ahead],
            promiseInWords(each.promise),
          ]),
        ),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ]),
    )
  })
}

const REASONS: Record<BackorderAdvice['reason'], string> = {
  made_to_order: 'it is made to order',
  campaign: 'it is a pre-order with a date',
  reliable: 'its supply came in time',
  lead_time_known: 'its lead time is known',
  no_feed: 'somebody else ships it, and does not say what is there',
  often_late: 'its supply was often late',
  irregular: 'its supply takes now shorter, now much longer',
  nothing_known: 'nothing is known of its supply: set a lead time, or book supply',
}

const advised = ({ sku, advice, reason, facts, fields }: BackorderAdvice): string[] => [
  `${advice} backorders of ${sku}: ${REASONS[reason]}`,
  `supply that has come: ${facts.received}, late: ${facts.late}` +
    (facts.days_max === null ? '' : `, after ${facts.days_min} to ${facts.days_max} weekdays`),
  `rule: ${Object.entries(fields)
    .map(([field, value]) => `${field}=${value}`)
    .join(' ')}`,
]

const registerAdvise = (backorders: Command, shell: Shell): void => {
  const advise = backorders
    .command('advise <sku>')
    .summary('whether to allow backorders, by what its supply was like')
    .option('--location <code>', 'at this location')
    .option('--apply', 'make the advice the rule of this SKU')
    .addHelpText('after', '\nExample:\n  $ holdfast backorders advise TEE-M --apply')
  advise.action((sku: string) => {
    const { location, apply } = advise.opts()
    const request = { sku, location }
    return shell.withHoldfast(advise, async ({ backorders: room }) =>
      apply
        ? outcomeOf(await room.apply(request), done => [...advised(done), 'the rule is set'])
        : outcomeOf(await room.advise(request), advised),
    )
  })
}

const registerLost = (backorders: Command, shell: Shell): void => {
  const lost = backorders
    .command('lost')
    .summary('what was asked for and refused, by day')
    .option('--sku <code>', 'only this SKU')
    .option('--location <code>', 'only this location')
    .option('--from <day>', 'from this day on')
    .option('--to <day>', 'until this day')
    .option('--limit <number>', 'rows at the most', readNumber, 100)
    .option('--cursor <cursor>', 'the page after')
    .addHelpText('after', '\nExample:\n  $ holdfast backorders lost --from 2027-01-01')
  lost.action(() =>
    shell.withHoldfast(lost, async holdfast =>
      outcomeOf(await holdfast.lostDemand(lost.opts()), page => [
        ...table(
          ['day', 'sku', 'location', 'channel', 'refusals', 'units'],
          page.data.map(each => [
            ...[each.day, each.sku, each.location ?? 'anywhere', each.channel],
            ...[each.refusals, each.units],
          ]),
        ),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ]),
    ),
  )
}
