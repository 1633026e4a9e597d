import type { Command } from 'commander'
import type {
  Delivery,
  LoggedDelivery,
  NewWebhookSecret,
  WebhookEndpoint,
} from '../webhooks/webhooks.ts'
import { agreedOn, counted, destroying } from './agree.ts'
import { readNumber } from './lines.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const words = (text: string, before: string[] = []): string[] => [...before, text]

const stateOf = ({ state, pause_reason, failing_since }: WebhookEndpoint): string =>
  pause_reason
    ? `paused (${pause_reason})`
    : failing_since
      ? `${state} since ${failing_since}`
      : state

const shown = (endpoint: WebhookEndpoint): string[] => [
  `${endpoint.endpoint_id}  ${endpoint.url}  ${stateOf(endpoint)}`,
  ...(endpoint.description ? [`  ${endpoint.description}`] : []),
  ...(endpoint.types ? [`  types      ${endpoint.types.join(', ')}`] : []),
  ...(endpoint.skus ? [`  SKUs       ${endpoint.skus.join(', ')}`] : []),
  ...(endpoint.locations ? [`  locations  ${endpoint.locations.join(', ')}`] : []),
  `  secrets    ${endpoint.secrets}`,
]

const withSecret = (endpoint: NewWebhookSecret): string[] => [
  ...shown(endpoint),
  ...(endpoint.secret ? ['', endpoint.secret, 'Keep it: it is shown this once.'] : []),
]

/** Who is told over HTTP: `holdfast webhooks …`. */
export const register = (program: Command, shell: Shell): void => {
  const webhooks = program
    .command('webhooks')
    .summary('who is told over HTTP: list, create, ping, deliveries, replay …')
    .addHelpText('after', '\nExample:\n  $ holdfast webhooks create https://shop.example/hooks')
  const list = webhooks
    .command('list')
    .summary('all endpoints')
    .addHelpText('after', '\nExample:\n  $ holdfast webhooks list')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.webhooks.list({ limit: 250 }), page =>
        table(
          ['id', 'url', 'state', 'types'],
          page.data.map(each => [
            ...[each.endpoint_id, each.url, stateOf(each)],
            each.types?.join(', ') ?? 'all',
          ]),
        ),
      ),
    ),
  )
  registerFields(webhooks, shell, 'create <url>')
  registerFields(webhooks, shell, 'set <id>')
  registerRotate(webhooks, shell)
  registerPlain(webhooks, shell, 'show', 'get', 'one endpoint')
  registerPlain(webhooks, shell, 'pause', 'pause', 'send nothing to an endpoint for now')
  registerPlain(webhooks, shell, 'resume', 'resume', 'go on: what has waited is sent at once')
  registerPlain(webhooks, shell, 'ping', 'ping', 'ask for a test message')
  registerRemove(webhooks, shell)
  registerDeliveries(webhooks, shell)
  registerDelivery(webhooks, shell)
  registerReplay(webhooks, shell)
}

const registerFields = (webhooks: Command, shell: Shell, name: 'create <url>' | 'set <id>') => {
  const making = name === 'create <url>'
  const example = making
    ? 'create https://shop.example/hooks --type level.out'
    : 'set 1 --type level.low'
  const command = webhooks
    .command(name)
    .summary(making ? 'make an endpoint; its secret is shown this once' : 'change an endpoint')
    .option('--type <type>', 'only events of this type; again for another', words)
    .option('--sku <code>', 'only events of this SKU; again for another', words)
    .option('--location <code>', 'only events at this location; again for another', words)
    .option('--description <text>', 'for people')
  if (!making) command.option('--url <url>', 'where to send')
  command.addHelpText('after', `\nExample:\n  $ holdfast webhooks ${example}`)
  command.action((named: string) => {
    const { type: types, sku: skus, location: locations, description, url } = command.opts()
    const fields = { types, skus, locations, description }
    return shell.withHoldfast(command, async ({ webhooks: room }) => {
      const answer = making
        ? await room.create({ url: named, ...fields })
        : await room.update({ endpoint_id: named, url, ...fields })
      return outcomeOf(answer, withSecret)
    })
  })
}

const registerRotate = (webhooks: Command, shell: Shell): void => {
  const rotate = webhooks
    .command('rotate <id>')
    .summary('a new secret; the old ones sign beside it for a while')
    .option('--overlap-seconds <number>', 'for how long; a day', readNumber)
    .addHelpText('after', '\nExample:\n  $ holdfast webhooks rotate 1 --overlap-seconds 3600')
  rotate.action((endpoint_id: string) =>
    shell.withHoldfast(rotate, async holdfast => {
      const { overlapSeconds: overlap_seconds } = rotate.opts()
      return outcomeOf(await holdfast.webhooks.rotate({ endpoint_id, overlap_seconds }), withSecret)
    }),
  )
}

const registerPlain = (
  webhooks: Command,
  shell: Shell,
  name: string,
  verb: 'get' | 'pause' | 'resume' | 'ping',
  summary: string,
): void => {
  const command = webhooks
    .command(`${name} <id>`)
    .summary(summary)
    .addHelpText('after', `\nExample:\n  $ holdfast webhooks ${name} 1`)
  command.action((endpoint_id: string) =>
    shell.withHoldfast(command, async holdfast =>
      outcomeOf(await holdfast.webhooks[verb]({ endpoint_id }), shown),
    ),
  )
}

const registerRemove = (webhooks: Command, shell: Shell): void => {
  const remove = destroying(
    webhooks.command('remove <id>').summary('remove an endpoint, with its secrets and its log'),
  ).addHelpText('after', '\nExample:\n  $ holdfast webhooks remove 1 --yes')
  remove.action((endpoint_id: string) =>
    shell.withHoldfast(remove, async ({ webhooks: room }) => {
      const found = await room.get({ endpoint_id })
      const waiting = await room.deliveries({ endpoint_id, state: 'pending', limit: 250 })
      const what = (endpoint: WebhookEndpoint) =>
        `remove endpoint ${endpoint_id} (${endpoint.url}, ${stateOf(endpoint)}) with its secrets ` +
        `and its log, and not send it ${counted(waiting, 'event')} that still wait`
      return (
        (await agreedOn(remove, shell, { name: endpoint_id, found, what })) ??
        outcomeOf(await room.remove({ endpoint_id }), ({ removed }) => [`${removed} is removed`])
      )
    }),
  )
}

const rowOf = (each: Delivery) => [
  ...[each.event_id, each.type, each.state, each.tries, each.last_status],
  each.last_error ?? '',
  each.next_at ?? each.ended_at,
]

const registerDeliveries = (webhooks: Command, shell: Shell): void => {
  const deliveries = webhooks
    .command('deliveries <id>')
    .summary('what an endpoint was sent, newest first')
    .option('--state <state>', 'only pending, delivered or dead ones')
    .option('--limit <number>', 'rows at the most', readNumber, 50)
    .option('--cursor <cursor>', 'the page after')
    .addHelpText('after', '\nExample:\n  $ holdfast webhooks deliveries 1 --state dead')
  deliveries.action((endpoint_id: string) =>
    shell.withHoldfast(deliveries, async holdfast => {
      const { state, limit, cursor } = deliveries.opts()
      const request = { endpoint_id, state, limit, cursor }
      return outcomeOf(await holdfast.webhooks.deliveries(request), page => [
        ...table(
          ['event', 'type', 'state', 'tries', 'status', 'error', 'next or end'],
          page.data.map(rowOf),
        ),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ])
    }),
  )
}

const logged = (delivery: LoggedDelivery): string[] => [
  `${delivery.event_id}  ${delivery.type}  ${delivery.state}`,
  delivery.body ? JSON.stringify(delivery.body) : 'the event was forgotten',
  ...delivery.attempts.map(
    each =>
      `  ${each.try}. ${each.at}  ${each.status ?? '–'}  ${each.took_ms} ms  ` +
      `${each.error ?? ''}${each.answer ? `  ${JSON.stringify(each.answer)}` : ''}`,
  ),
]

const registerDelivery = (webhooks: Command, shell: Shell): void => {
  const delivery = webhooks
    .command('delivery <id> <event>')
    .summary('what was sent, every attempt, and what came back')
    .addHelpText('after', '\nExample:\n  $ holdfast webhooks delivery 1 evt_1042')
  delivery.action((endpoint_id: string, event_id: string) =>
    shell.withHoldfast(delivery, async holdfast =>
      outcomeOf(await holdfast.webhooks.delivery({ endpoint_id, event_id }), logged),
    ),
  )
}

const registerReplay = (webhooks: Command, shell: Shell): void => {
  const replay = webhooks
    .command('replay <id>')
    .summary('send an event, or those of a range, again')
    .option('--event <id>', 'this event')
    .option('--from <instant>', 'all from then on')
    .option('--to <instant>', 'before then')
    .option('--state <state>', 'of a range: only delivered or dead ones')
    .addHelpText(
      'after',
      '\nExamples:\n  $ holdfast webhooks replay 1 --event evt_1042\n' +
        '  $ holdfast webhooks replay 1 --from 2027-01-01T00:00:00Z --state dead',
    )
  replay.action((endpoint_id: string) =>
    shell.withHoldfast(replay, async holdfast => {
      const { event: event_id, from, to, state } = replay.opts()
      const request = { endpoint_id, event_id, from, to, state }
      return outcomeOf(await holdfast.webhooks.replay(request), ({ queued, more }) => [
        `${queued} ${queued === 1 ? 'event is' : 'events are'} sent again`,
        ...(more ? ['The range has more: run it again from the last of these.'] : []),
      ])
    }),
  )
}
