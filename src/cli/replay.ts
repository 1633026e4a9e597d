import type { Command } from 'commander'
import { type OrderColumns, onlineRetailColumns } from '../imports/orders.ts'
import { type ReplayReport, type ReplayRequest, replayOrders } from '../imports/replay.ts'
import { interruptSignal } from './interrupt.ts'
import { readNumber } from './lines.ts'
import { EXIT, type Outcome, refusalOutcome, type Shell } from './shell.ts'

type Options = OrderColumns & {
  speed?: number
  createSkus?: boolean
  openingStock?: number
  location?: string
  shipAfter?: number
  concurrency?: number
}

const help = `
One row is one line of an order; rows of one order stand together. An order number that begins with
C, or a negative quantity, gives back what the same customer bought before.

Examples:
  $ holdfast replay examples/data/orders.csv --create-skus --opening-stock 500
  $ holdfast replay orders.csv --order id --sku item --quantity n --time at --customer who
  $ holdfast replay orders.csv --create-skus --speed 3600

Exit codes: 0 the books are clean; 1 the file was refused, it was stopped, or verify found faults.`

const skippedWords: Record<keyof ReplayReport['skipped'], string> = {
  zero_quantity: 'quantity 0',
  invalid_quantity: 'no whole quantity',
  missing_order: 'no order number',
  missing_sku: 'no SKU',
}

const lines = (report: ReplayReport): string[] => {
  const skipped = Object.entries(report.skipped) as [keyof ReplayReport['skipped'], number][]
  return [
    ...(report.interrupted ? ['Stopped. What was under way was finished.'] : []),
    `orders     ${report.orders} (${report.lines} lines of ${report.rows} rows)`,
    `refused    ${report.refused} orders (${report.refused_lines} lines)`,
    ...Object.entries(report.refusals).map(([code, count]) => `             ${code}: ${count}`),
    `fulfilled  ${report.fulfilled} shipments`,
    `given back ${report.released} released before shipping, ${report.returned} returned after it`,
    `unmatched  ${report.unmatched} (${report.partly_matched} more in part; ` +
      `${report.unmatched_units} units)`,
    ...skipped
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => `left out   ${count}: ${skippedWords[reason]}`),
    ...(report.created_skus > 0 ? [`created    ${report.created_skus} SKUs`] : []),
    `rate       ${report.rate} orders/s, ${report.lines_per_second} lines/s in ${report.seconds} s`,
    `latency    p50 ${report.p50_ms} ms, p99 ${report.p99_ms} ms a call`,
    `verify     ${report.verify.findings} findings in ${report.verify.levels} levels and ` +
      `${report.verify.movements} movements`,
  ]
}

const outcome = (report: ReplayReport & { ok: true }): Outcome => ({
  json: report,
  lines: lines(report),
  exit: report.verify.findings > 0 || report.interrupted ? EXIT.refused : EXIT.ok,
})

const requestOf = (options: Options): ReplayRequest => {
  const { order, sku, quantity, time, customer } = options
  return {
    columns: { order, sku, quantity, time, customer },
    ...(options.speed !== undefined && { speed: options.speed }),
    ...(options.createSkus && { create_skus: true }),
    ...(options.openingStock !== undefined && { opening_stock: options.openingStock }),
    ...(options.location !== undefined && { location: options.location }),
    ...(options.shipAfter !== undefined && { ship_after_hours: options.shipAfter }),
    ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
  }
}

/** Runs a file of real orders: `holdfast replay FILE`. */
export const register = (program: Command, shell: Shell): void => {
  const command = program
    .command('replay <file>')
    .summary('run a file of real orders through holds, commits and fulfillments')
    .description('Runs a file of real orders; - reads standard input. Then verifies the books.')
  for (const [key, column] of Object.entries(onlineRetailColumns)) {
    command.option(`--${key} <column>`, `the column of the ${key}`, column)
  }
  command
    .option('--speed <times>', 'so many times faster than it happened (default: full)', readNumber)
    .option('--create-skus', 'make SKUs that are missing')
    .option('--opening-stock <units>', 'of SKUs that are made (default: 1000)', readNumber)
    .option('--location <code>', 'sell from here (default: from anywhere)')
    .option('--ship-after <hours>', "by the file's times (default: 24)", readNumber)
    .option('--concurrency <orders>', 'under way at once (default: 64)', readNumber)
    .addHelpText('after', help)
  command.action(async (file: string) => {
    const interrupt = interruptSignal(() => shell.notice('Stopping; what is under way ends …'))
    await shell.withHoldfast(command, async holdfast => {
      const answer = await replayOrders(holdfast, {
        ...requestOf(command.opts<Options>()),
        ...(file === '-' ? { stream: process.stdin } : { path: file }),
        signal: interrupt.signal,
        onProgress: ({ rows, orders, lines_per_second }) =>
          shell.progress(`${rows} rows, ${orders} orders, ${lines_per_second} lines/s`),
      })
      return answer.ok ? outcome(answer) : refusalOutcome(answer.refusal)
    })
    interrupt.done()
  })
}
