import { Argument, type Command, Option } from 'commander'
import type { Holdfast } from '../holdfast.ts'
import type { AllocationLine, ReservationAnswer, ReservationGrant } from '../reservations/grant.ts'
import { promiseInWords } from './backorders.ts'
import { type LineArgument, readLine, readNumber } from './lines.ts'
import { reservationNamed } from './namedReservation.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

/** Units that a line waits for. */
const waiting = ({ backordered = 0, held_backordered = 0 }: AllocationLine): number =>
  backordered + held_backordered

/** What a reservation says more where some of it waits. */
const waits = (lines: AllocationLine[]) =>
  lines.some(line => waiting(line) > 0)
    ? {
        heads: ['waiting', 'ships'],
        of: (line: AllocationLine) => [
          waiting(line),
          line.promise ? promiseInWords(line.promise) : null,
        ],
      }
    : { heads: [], of: () => [] }

type Shown = Omit<ReservationGrant, 'state'> & { state: string }

/** A reservation as a person reads it. */
export const reservationLines = (grant: Shown): string[] => [
  `${grant.reservation_id}  ${grant.state}` +
    (grant.expires_at ? `  until ${grant.expires_at}` : '') +
    (grant.order_reference ? `  order ${grant.order_reference}` : '') +
    (grant.reacquired ? '  (taken again after its end)' : ''),
  ...table(
    [
      'line',
      'sku',
      'location',
      'held',
      'committed',
      'fulfilled',
      'released',
      'expired',
      'returned',
      ...waits(grant.lines).heads,
    ],
    grant.lines.map(line => [
      line.line,
      line.sku,
      line.location,
      line.held,
      line.committed,
      line.fulfilled,
      line.released,
      line.expired,
      line.returned,
      ...waits(grant.lines).of(line),
    ]),
  ).map(text => `  ${text}`),
]

type Verb = (
  holdfast: Holdfast,
  given: {
    id: string
    lines: LineArgument[] | undefined
    options: Record<string, string | number | boolean | undefined>
    key: { key?: string }
  },
) => Promise<ReservationAnswer>

type Spec = {
  name: string
  summary: string
  example: string
  id: boolean
  options?: Option[]
  run: Verb
}

const orderOption = new Option('--order <reference>', "the shop's own text for its order")
const secondsOption = new Option('--seconds <number>', 'until the hold ends').argParser(readNumber)

const backorderOf = ({ backorder }: Record<string, unknown>) =>
  backorder === undefined ? {} : { backorder: backorder as 'none' | 'mixed' | 'whole' }

const contactOptions = [
  new Option('--email <address>', 'who is told when a date moves or units arrive'),
  new Option('--lang <tag>', 'their language, as zh-CN'),
]

const soldByOptions = [
  new Option('--channel <code>', 'where it is sold'),
  new Option('--tier <name>', "the buyer's tier, as the shop names it"),
]

const contactOf = ({ email, lang }: Record<string, unknown>) =>
  email === undefined && lang === undefined
    ? {}
    : { contact: { email: `${email ?? ''}`, ...(lang !== undefined && { language: `${lang}` }) } }

const specs: Spec[] = [
  {
    name: 'reserve',
    summary: 'take a hold on stock for a cart: all lines or none',
    example: 'holdfast reserve TEE-M@berlin:2 MUG:1 --buyer b-7 --key cart-7',
    id: false,
    options: [
      new Option('--buyer <key>', "the shopper's key"),
      secondsOption,
      orderOption,
      new Option('--id <uuid>', "the reservation's id"),
      new Option('--partial', 'take what there is, line by line'),
      new Option('--split', 'a line may be served from several locations'),
      new Option('--backorder <way>', 'where stock is short').choices(['none', 'mixed', 'whole']),
      new Option('--owner <name>', 'a staff hold: who keeps it'),
      new Option('--review-at <instant>', 'a staff hold: when somebody looks again'),
      ...soldByOptions,
      ...contactOptions,
    ],
    run: (holdfast, { lines, options, key }) =>
      holdfast.reserve(
        {
          lines: (lines ?? []).map(line => ({ ...line, ...backorderOf(options) })),
          ...contactOf(options),
          ...(given(options, {
            buyer: 'buyer',
            seconds: 'hold_seconds',
            order: 'order_reference',
            id: 'id',
            partial: 'partial',
            split: 'split',
            owner: 'owner',
            reviewAt: 'review_at',
            channel: 'channel',
            tier: 'tier',
          }) as object),
        },
        key,
      ),
  },
  {
    name: 'amend',
    summary: 'set the lines of a reservation to these; only the difference moves',
    example: 'holdfast amend 01890b1c-… TEE-M@berlin:3 MUG:1',
    id: true,
    options: [new Option('--split', 'a line may be served from several locations')],
    run: (holdfast, { id, lines, options, key }) =>
      holdfast.amend(
        { reservation_id: id, lines: lines ?? [], ...given(options, { split: 'split' }) },
        key,
      ),
  },
  {
    name: 'extend',
    summary: 'give a hold more time, within the caps',
    example: 'holdfast extend 01890b1c-… --order order-1001',
    id: true,
    options: [secondsOption, orderOption],
    run: (holdfast, { id, options, key }) =>
      holdfast.extend(
        {
          reservation_id: id,
          ...given(options, { seconds: 'hold_seconds', order: 'order_reference' }),
        },
        key,
      ),
  },
  {
    name: 'commit',
    summary: 'commit all or part of a hold to an order',
    example: 'holdfast commit 01890b1c-… --order order-1001',
    id: true,
    options: [
      new Option(orderOption.flags, orderOption.description).makeOptionMandatory(),
      ...contactOptions,
    ],
    run: (holdfast, { id, lines, options, key }) =>
      holdfast.commit(
        {
          reservation_id: id,
          order_reference: `${options['order']}`,
          ...(lines && { lines }),
          ...contactOf(options),
        },
        key,
      ),
  },
  {
    name: 'fulfill',
    summary: 'ship all or part of what is committed',
    example: 'holdfast fulfill 01890b1c-… TEE-M:2 --document parcel-7',
    id: true,
    options: [new Option('--document <text>', 'your own text for the shipment')],
    run: (holdfast, { id, lines, options, key }) =>
      holdfast.fulfill(
        {
          reservation_id: id,
          ...(lines && { lines }),
          ...given(options, { document: 'document' }),
        },
        key,
      ),
  },
  {
    name: 'release',
    summary: 'give back all or part of what is held or committed',
    example: 'holdfast release 01890b1c-… --reason "cart emptied"',
    id: true,
    options: [new Option('--reason <text>', 'why')],
    run: (holdfast, { id, lines, options, key }) =>
      holdfast.release(
        { reservation_id: id, ...(lines && { lines }), ...given(options, { reason: 'reason' }) },
        key,
      ),
  },
  {
    name: 'return',
    summary: 'take back all or part of what was fulfilled',
    example: 'holdfast return 01890b1c-… TEE-M:1 --state damaged',
    id: true,
    options: [
      new Option('--state <state>', 'where the units go').choices([
        'available',
        'damaged',
        'quality_control',
      ]),
      new Option('--reason <text>', 'why'),
    ],
    run: (holdfast, { id, lines, options, key }) =>
      holdfast.return(
        {
          reservation_id: id,
          ...(lines && { lines }),
          ...given(options, { state: 'state', reason: 'reason' }),
        },
        key,
      ),
  },
  {
    name: 'record-sale',
    summary: 'book a sale that has already happened elsewhere',
    example: 'holdfast record-sale MUG@store:1 --order till-7 --fulfilled',
    id: false,
    options: [
      new Option(orderOption.flags, orderOption.description).makeOptionMandatory(),
      new Option('--fulfilled', 'the goods are gone already'),
      new Option('--occurred-at <instant>', 'when it happened'),
      ...soldByOptions,
    ],
    run: (holdfast, { lines, options, key }) =>
      holdfast.recordSale(
        {
          order_reference: `${options['order']}`,
          lines: lines ?? [],
          ...given(options, {
            fulfilled: 'fulfilled',
            occurredAt: 'occurred_at',
            channel: 'channel',
            tier: 'tier',
          }),
        },
        key,
      ),
  },
]

/** The options that were given, under the names that the engine knows. */
const given = (options: Record<string, unknown>, names: Record<string, string>): object =>
  Object.fromEntries(
    Object.entries(names)
      .filter(([option]) => options[option] !== undefined)
      .map(([option, name]) => [name, options[option]]),
  )

/** The verbs of a reservation as commands. */
export const register = (program: Command, shell: Shell): void => {
  for (const spec of specs) {
    const command = program.command(spec.name).summary(spec.summary).description(spec.summary)
    if (spec.id) command.argument('<reservation>', 'its id, or its order')
    const lines = new Argument(
      spec.id && spec.name !== 'amend' ? '[lines...]' : '<lines...>',
      'SKU[@location]:quantity',
    )
    if (spec.name !== 'extend') command.addArgument(lines.argParser(readLine))
    for (const option of spec.options ?? []) command.addOption(option)
    command
      .option('--key <key>', 'idempotency key: the same key has one effect')
      .addHelpText('after', `\nExample:\n  $ ${spec.example}`)
      .action(async (...received: unknown[]) => {
        const options = command.opts()
        const named = spec.id ? (received[0] as string) : ''
        const read = received[spec.id ? 1 : 0]
        const asked = Array.isArray(read) && read.length > 0 ? (read as LineArgument[]) : undefined
        const key = options['key'] === undefined ? {} : { key: options['key'] as string }
        await shell.withHoldfast(command, async holdfast => {
          const id = await reservationNamed(holdfast, named)
          const answer = await spec.run(holdfast, { id, lines: asked, options, key })
          return outcomeOf(answer, reservationLines)
        })
      })
  }
}
