import { Argument, type Command, Option } from 'commander'
import type { Buffer, Channel } from '../channels/channels.ts'
import { agreedOn, counted, destroying } from './agree.ts'
import { readNumber } from './lines.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const KINDS = ['web', 'pos', 'marketplace', 'wholesale']

const shown = (channel: Channel): string[] => [
  `${channel.code}  ${channel.name}, ${channel.kind}` +
    `${channel.locations ? `, from ${channel.locations.join(', ') || 'nowhere'}` : ''}` +
    `${channel.archived_at ? `, archived ${channel.archived_at}` : ''}`,
]

/** Channels: `holdfast channels …`. */
export const register = (program: Command, shell: Shell): void => {
  const channels = program
    .command('channels')
    .summary('where it is sold: list, create, set, archive, and what is kept for each')
    .addHelpText('after', '\nExample:\n  $ holdfast channels create amazon --kind marketplace')
  const list = channels
    .command('list')
    .summary('all channels')
    .option('--archived', 'those that are archived instead')
    .addHelpText('after', '\nExample:\n  $ holdfast channels list')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(
        await holdfast.channels.list({ limit: 250, archived: list.opts()['archived'] ?? false }),
        page =>
          table(
            ['code', 'name', 'kind', 'locations'],
            page.data.map(({ code, name, kind, locations }) => [
              code,
              name,
              kind,
              locations?.join(' ') ?? 'all',
            ]),
          ),
      ),
    ),
  )
  registerFields(channels, shell, 'create', 'make a channel', 'create amazon --kind marketplace')
  registerFields(channels, shell, 'set', 'change a channel', 'set amazon --name "Amazon DE"')
  registerArchive(channels, shell)
  registerBuffers(channels, shell)
  registerBuffer(channels, shell)
}

const registerFields = (
  channels: Command,
  shell: Shell,
  verb: 'create' | 'set',
  summary: string,
  example: string,
): void => {
  const command = channels
    .command(`${verb} <code>`)
    .summary(summary)
    .option('--name <name>', 'for people')
    .addOption(new Option('--kind <kind>', 'what sort of channel').choices(KINDS))
    .option('--locations <codes...>', 'it sells from these alone; "all" ends that')
    .addHelpText('after', `\nExample:\n  $ holdfast channels ${example}`)
  command.action((code: string) => {
    const { name, kind, locations: from } = command.opts()
    const locations = from?.join() === 'all' ? null : from
    const request = { code, name, kind, ...(from && { locations }) }
    return shell.withHoldfast(command, async holdfast => {
      const room = holdfast.channels
      const answer = verb === 'create' ? room.create(request) : room.update(request)
      return outcomeOf(await answer, shown)
    })
  })
}

const registerArchive = (channels: Command, shell: Shell): void => {
  const archive = destroying(
    channels.command('archive <code>').summary('nothing is sold by this channel any more'),
  ).addHelpText('after', '\nExample:\n  $ holdfast channels archive amazon --yes')
  archive.action((code: string) =>
    shell.withHoldfast(archive, async ({ channels: room }) => {
      const found = await room.get({ code })
      const kept = await room.buffers({ channel: code, limit: 250 })
      const what = ({ name, kind }: Channel) =>
        `let nothing be sold by channel ${code} (${name}, ${kind}) any more, and end ` +
        `${counted(kept, 'buffer')} of it`
      return (
        (await agreedOn(archive, shell, { name: code, found, what })) ??
        outcomeOf(await room.archive({ code }), shown)
      )
    }),
  )
  const unarchive = channels
    .command('unarchive <code>')
    .summary('put a channel back from the archive')
    .addHelpText('after', '\nExample:\n  $ holdfast channels unarchive amazon')
  unarchive.action((code: string) =>
    shell.withHoldfast(unarchive, async holdfast =>
      outcomeOf(await holdfast.channels.unarchive({ code }), shown),
    ),
  )
}

const bufferRows = (buffers: Buffer[]): string[] =>
  table(
    ['sku', 'location', 'channel', 'kept', 'of', 'sellable'],
    buffers.map(({ sku, location, channel, units, size, sellable }) => [
      sku,
      location,
      channel,
      String(units),
      String(size),
      String(sellable),
    ]),
  )

const registerBuffers = (channels: Command, shell: Shell): void => {
  const buffers = channels
    .command('buffers')
    .summary('what is kept for channels')
    .option('--channel <code>', 'only for this channel')
    .option('--sku <code>', 'only of this SKU')
    .option('--location <code>', 'only at this location')
    .option('--short', 'only those that keep less than they are to')
    .addHelpText('after', '\nExample:\n  $ holdfast channels buffers --channel amazon')
  buffers.action(() => {
    const { channel, sku, location, short } = buffers.opts()
    return shell.withHoldfast(buffers, async holdfast =>
      outcomeOf(
        await holdfast.channels.buffers({ channel, sku, location, short, limit: 250 }),
        page => bufferRows(page.data),
      ),
    )
  })
}

const registerBuffer = (channels: Command, shell: Shell): void => {
  const buffer = channels
    .command('buffer <channel> <sku> <location>')
    .addArgument(new Argument('<units>', 'how many; 0 ends it').argParser(readNumber))
    .summary('keep units of a level for one channel')
    .option('--reason <text>', 'why; it stands in the ledger')
    .option('--key <key>', 'idempotency key: the same key has one effect')
    .addHelpText('after', '\nExample:\n  $ holdfast channels buffer amazon TEE-M berlin 20')
  buffer.action((channel: string, sku: string, location: string, quantity: number) => {
    const { reason, key } = buffer.opts()
    return shell.withHoldfast(buffer, async holdfast =>
      outcomeOf(
        await holdfast.channels.setBuffers(
          { lines: [{ sku, location, channel, quantity }], reason },
          { key },
        ),
        ({ lines }) => bufferRows(lines),
      ),
    )
  })
}
