import type { Command } from 'commander'
import { clock } from '../clock.ts'
import type { HoldfastEvent, ListEvents } from '../events/events.ts'
import { interruptSignal } from './interrupt.ts'
import { readNumber } from './lines.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const FOLLOW_MS = 250

const words = (text: string, before: string[] = []): string[] => [...before, text]

const filtered = (command: Command): Command =>
  command
    .option('--type <type>', 'only events of this type; again for another', words)
    .option('--sku <code>', 'only events of this SKU; again for another', words)
    .option('--location <code>', 'only events at this location; again for another', words)
    .option('--channel <code>', 'only events of reservations of this channel')
    .option('--reservation <id>', 'only events of this reservation')

const filterOf = (command: Command): ListEvents => {
  const { type, sku, location, channel, reservation } = command.opts()
  return { type, sku, location, channel, reservation_id: reservation }
}

/** What an event says, without what its columns say already. */
const brief = ({ data }: HoldfastEvent): string => {
  const { sku, location, ...rest } = data
  const facts = Object.entries(rest).filter(([, value]) => value !== null)
  return facts
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ')
}

const cellsOf = (event: HoldfastEvent): string[] => [
  event.id,
  event.timestamp,
  event.type,
  `${event.data['sku'] ?? ''}${event.data['location'] ? `@${event.data['location']}` : ''}`,
  brief(event),
]

/** What has happened: `holdfast events …`. */
export const register = (program: Command, shell: Shell): void => {
  const events = program
    .command('events')
    .summary('what has happened: list, follow, types')
    .addHelpText('after', '\nExample:\n  $ holdfast events follow --sku TEE-M')
  const list = filtered(events.command('list'))
    .summary('the events of the last two weeks, newest first')
    .option('--limit <number>', 'rows at the most', readNumber, 50)
    .option('--cursor <cursor>', 'the page after')
    .addHelpText('after', '\nExample:\n  $ holdfast events list --type level.out --limit 20')
  list.action(() => {
    const { limit, cursor } = list.opts()
    const request = { ...filterOf(list), limit, cursor }
    return shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.events.list(request), page => [
        ...table(['id', 'timestamp', 'type', 'of', 'says'], page.data.map(cellsOf)),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ]),
    )
  })
  registerFollow(events, shell)
  registerTypes(events, shell)
}

const registerFollow = (events: Command, shell: Shell): void => {
  const follow = filtered(events.command('follow'))
    .summary('events as they come, until Ctrl-C; a server must run that feeds them')
    .option('--after <id>', 'begin after this event instead of now')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast events follow --type level.low --type level.out',
    )
  follow.action(() =>
    shell.withHoldfast(follow, async holdfast => {
      const { signal, done } = interruptSignal(() => {})
      const newest = await holdfast.events.list({ limit: 1 })
      const now = newest.ok ? (newest.data[0]?.id ?? 'evt_0') : 'evt_0'
      let cursor: string = follow.opts()['after'] ?? now
      let told = 0
      while (!signal.aborted) {
        const request = { ...filterOf(follow), cursor, sort: 'position' as const, limit: 250 }
        const page = await holdfast.events.list(request)
        if (!page.ok) return outcomeOf(page, () => [])
        for (const event of page.data) shell.output.out(`${cellsOf(event).join('  ')}\n`)
        told += page.data.length
        cursor = page.data.at(-1)?.id ?? cursor
        if (page.data.length < 250) await clock.sleep(FOLLOW_MS)
      }
      done()
      return { json: { ok: true, events: told }, lines: [] }
    }),
  )
}

const registerTypes = (events: Command, shell: Shell): void => {
  const types = events
    .command('types')
    .summary('every type of event, and what it tells')
    .addHelpText('after', '\nExample:\n  $ holdfast events types --json')
  types.action(() =>
    shell.withHoldfast(types, async holdfast => {
      const data = holdfast.events.types()
      const rows = data.map(({ type, description }) => [type, description])
      return { json: { ok: true, data }, lines: table(['type', 'tells'], rows) }
    }),
  )
}
