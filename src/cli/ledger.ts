import type { Command } from 'commander'
import { register as registerArchive } from './ledgerArchive.ts'
import { readNumber } from './lines.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const signed = (change: number | null | undefined): string =>
  !change ? '' : change > 0 ? `+${change}` : `${change}`

/** Reads the ledger: `holdfast ledger …`. */
export const register = (program: Command, shell: Shell): void => {
  const ledger = program
    .command('ledger')
    .summary('every movement, newest first; or the books as of an instant')
    .option('--sku <code>', 'only this SKU')
    .option('--location <code>', 'only this location')
    .option('--reservation <id>', 'only this reservation')
    .option('--document <text>', 'only this document')
    .option('--order <reference>', 'only the reservations of this order')
    .option('--from <instant>', 'recorded from then on')
    .option('--to <instant>', 'recorded before then')
    .option('--as-of <instant>', 'the balances at that instant instead')
    .option('--limit <number>', 'rows at the most', readNumber, 50)
    .option('--cursor <cursor>', 'the page after')
    .addHelpText(
      'after',
      '\nExamples:\n  $ holdfast ledger --sku TEE-M --limit 20\n' +
        '  $ holdfast ledger --sku TEE-M --as-of 2026-11-01T00:00:00Z',
    )
  registerArchive(ledger, shell)
  ledger.action(async () => {
    const { sku, location, reservation, document, order, from, to, asOf, limit, cursor } =
      ledger.opts()
    if (asOf !== undefined) {
      const others = { reservation, document, order, from, to }
      const asked = Object.entries(others).find(([, value]) => value !== undefined)
      if (asked)
        return ledger.error(`error: --as-of gives balances, so --${asked[0]} means nothing`)
      return asOfThen(ledger, shell, { at: asOf, sku, location, limit, cursor })
    }
    const request = {
      ...{ sku, location, document, from, to, limit, cursor },
      reservation_id: reservation,
      order_reference: order,
    }
    await shell.withHoldfast(ledger, async holdfast =>
      outcomeOf(await holdfast.transactions(request), page => [
        ...table(
          ['recorded_at', 'kind', 'sku', 'location', 'on_hand', 'held', 'committed', 'v', 'reason'],
          page.data.map(row => [
            row.recorded_at,
            row.kind,
            row.sku,
            row.location,
            signed(row.changes.on_hand),
            signed(row.changes.held),
            signed(row.changes.committed),
            row.version,
            row.reason ?? row.document ?? '',
          ]),
        ),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ]),
    )
  })
}

type AsOf = { at: string; sku?: string; location?: string; limit: number; cursor?: string }

const asOfThen = (command: Command, shell: Shell, request: AsOf): Promise<void> =>
  shell.withHoldfast(command, async holdfast =>
    outcomeOf(await holdfast.levelsAsOf(request), page => [
      ...table(
        ['sku', 'location', 'on_hand', 'held', 'committed', 'available', 'version'],
        page.data.map(level => [
          level.sku,
          level.location,
          level.on_hand,
          level.held,
          level.committed,
          level.available,
          level.version,
        ]),
      ),
      ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
    ]),
  )
