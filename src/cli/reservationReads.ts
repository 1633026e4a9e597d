import type { Command } from 'commander'
import type { Reservation } from '../reservations/reservation.ts'
import { readNumber } from './lines.ts'
import { reservationNamed } from './namedReservation.ts'
import { reservationLines } from './reservations.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

/** Units of a line that somebody still has a claim to. */
const open = ({ lines }: Reservation): number =>
  lines.reduce((sum, line) => sum + line.held + line.committed, 0)

const waiting = ({ lines }: Reservation): number =>
  lines.reduce((sum, { backordered = 0, held_backordered = 0 }) => {
    return sum + backordered + held_backordered
  }, 0)

/** Looks at reservations: `holdfast reservations …`. */
export const register = (program: Command, shell: Shell): void => {
  const reservations = program
    .command('reservations')
    .summary('carts and orders: list, show')
    .addHelpText('after', '\nExample:\n  $ holdfast reservations list --order order-1001')
  registerList(reservations, shell)
  const show = reservations
    .command('show <reservation>')
    .summary('one reservation, by its id or its order')
    .addHelpText('after', '\nExample:\n  $ holdfast reservations show order-1001')
  show.action((named: string) =>
    shell.withHoldfast(show, async holdfast => {
      const reservation_id = await reservationNamed(holdfast, named)
      return outcomeOf(await holdfast.reservation({ reservation_id }), reservationLines)
    }),
  )
}

const registerList = (reservations: Command, shell: Shell): void => {
  const list = reservations
    .command('list')
    .summary('reservations, the newest first')
    .option('--state <state>', 'held, committed, expired or closed')
    .option('--sku <code>', 'only those with this SKU')
    .option('--location <code>', 'only those at this location')
    .option('--order <reference>', 'only those of this order')
    .option('--buyer <key>', 'only those of this buyer')
    .option('--limit <number>', 'rows at the most', readNumber, 50)
    .option('--cursor <cursor>', 'the page after')
    .addHelpText('after', '\nExample:\n  $ holdfast reservations list --state held --sku TEE-M')
  list.action(() => {
    const { order: order_reference, ...rest } = list.opts()
    return shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.reservations({ ...rest, order_reference }), page => [
        ...table(
          ['reservation', 'state', 'order', 'buyer', 'lines', 'open', 'waiting', 'until'],
          page.data.map(each => [
            ...[each.reservation_id, each.state, each.order_reference, each.buyer],
            ...[each.lines.length, open(each), waiting(each), each.expires_at],
          ]),
        ),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ]),
    )
  })
}
