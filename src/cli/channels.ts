import { type Command, Option } from 'commander'
import type { Channel } from '../channels/channels.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const KINDS = ['web', 'pos', 'marketplace', 'wholesale']

const shown = (channel: Channel): string[] => [
  `${channel.code}  ${channel.name}, ${channel.kind}` +
    `${channel.archived_at ? `, archived ${channel.archived_at}` : ''}`,
]

/** Channels: `holdfast channels …`. */
export const register = (program: Command, shell: Shell): void => {
  const channels = program
    .command('channels')
    .summary('where it is sold: list, create, set, archive')
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
            ['code', 'name', 'kind'],
            page.data.map(channel => [channel.code, channel.name, channel.kind]),
          ),
      ),
    ),
  )
  registerFields(channels, shell, 'create', 'make a channel', 'create amazon --kind marketplace')
  registerFields(channels, shell, 'set', 'change a channel', 'set amazon --name "Amazon DE"')
  registerArchive(channels, shell, 'archive', 'nothing is sold by this channel any more')
  registerArchive(channels, shell, 'unarchive', 'put a channel back from the archive')
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
    .addHelpText('after', `\nExample:\n  $ holdfast channels ${example}`)
  command.action((code: string) => {
    const { name, kind } = command.opts()
    const request = { code, name, kind }
    return shell.withHoldfast(command, async holdfast => {
      const room = holdfast.channels
      const answer = verb === 'create' ? room.create(request) : room.update(request)
      return outcomeOf(await answer, shown)
    })
  })
}

const registerArchive = (
  channels: Command,
  shell: Shell,
  verb: 'archive' | 'unarchive',
  summary: string,
): void => {
  const command = channels
    .command(`${verb} <code>`)
    .summary(summary)
    .addHelpText('after', `\nExample:\n  $ holdfast channels ${verb} amazon`)
  command.action((code: string) =>
    shell.withHoldfast(command, async holdfast =>
      outcomeOf(await holdfast.channels[verb]({ code }), shown),
    ),
  )
}
