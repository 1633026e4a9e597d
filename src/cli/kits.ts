import { type Command, InvalidArgumentError } from 'commander'
import type { Kit, KitBuild, KitComponent } from '../kits/kits.ts'
import { agreedOn, destroying } from './agree.ts'
import { readNumber } from './lines.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const COMPONENT = /^(.+):(\d+)$/s

/** Reads `SKU:units`; the units are 1 when left out. */
const readComponent = (text: string, before: KitComponent[] = []): KitComponent[] => {
  const [, sku = text, units = '1'] = COMPONENT.exec(text) ?? []
  if (sku === '') throw new InvalidArgumentError('A component is SKU:units, as MUG:2.')
  return [...before, { sku, quantity: Number(units) }]
}

const listed = (parts: KitComponent[]): string =>
  parts.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')

const sortOf = ({ assembled, ships_partial }: Kit): string =>
  `${assembled ? 'assembled' : 'virtual'}${ships_partial ? ', ships in parts' : ''}`

const shown = (kit: Kit): string[] => [
  `${kit.sku}  ${sortOf(kit)}`,
  ...table(
    ['component', 'units', 'kit'],
    kit.components.map(({ sku, quantity, kit }) => [sku, quantity, kit]),
  ),
  `comes down to ${listed(kit.parts)}`,
  ...(kit.part_of.length > 0 ? [`part of ${kit.part_of.join(', ')}`] : []),
]

const built = (done: string) => (answer: KitBuild) => [
  `${done} ${answer.quantity} × ${answer.sku} in ${answer.location}`,
  ...table(
    ['sku', 'change', 'on_hand', 'available', 'version'],
    answer.lines.map(line => [line.sku, line.change, line.on_hand, line.available, line.version]),
  ),
]

/** Kits: `holdfast kits …`. */
export const register = (program: Command, shell: Shell): void => {
  const kits = program
    .command('kits')
    .summary('SKUs made of others: list, show, set, clear, build, break-down')
    .addHelpText('after', '\nExample:\n  $ holdfast kits set GIFT-BOX MUG:2 TEA')
  registerReads(kits, shell)
  registerSet(kits, shell)
  registerClear(kits, shell)
  registerBuild(kits, shell, 'build', 'make kits of their components')
  registerBuild(kits, shell, 'break-down', 'make components of kits')
}

const registerReads = (kits: Command, shell: Shell): void => {
  const list = kits
    .command('list')
    .summary('all kits')
    .option('--component <code>', 'kits that have this SKU as a component')
    .addHelpText('after', '\nExample:\n  $ holdfast kits list --component MUG')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(
        await holdfast.kits.list({ limit: 250, component: list.opts()['component'] }),
        page =>
          table(
            ['sku', 'sort', 'components'],
            page.data.map(kit => [kit.sku, sortOf(kit), listed(kit.components)]),
          ),
      ),
    ),
  )
  const show = kits
    .command('show <sku>')
    .summary('one kit')
    .addHelpText('after', '\nExample:\n  $ holdfast kits show GIFT-BOX')
  show.action((sku: string) =>
    shell.withHoldfast(show, async holdfast => outcomeOf(await holdfast.kits.get({ sku }), shown)),
  )
}

const registerSet = (kits: Command, shell: Shell): void => {
  const set = kits
    .command('set <sku>')
    .summary('make a kit of a SKU, or say anew what it is made of')
    .argument('<components...>', 'SKU:units in one kit; SKU alone is one', readComponent)
    .option('--assembled', 'it has stock of its own, which is built and broken down')
    .option('--ships-partial', 'components may leave one by one')
    .addHelpText('after', '\nExample:\n  $ holdfast kits set GIFT-BOX MUG:2 TEA')
  set.action((sku: string, components: KitComponent[]) => {
    const { assembled = false, shipsPartial: ships_partial = false } = set.opts()
    return shell.withHoldfast(set, async holdfast =>
      outcomeOf(await holdfast.kits.set({ sku, components, assembled, ships_partial }), shown),
    )
  })
}

const registerClear = (kits: Command, shell: Shell): void => {
  const clear = destroying(
    kits.command('clear <sku>').summary('make a kit an ordinary SKU again'),
  ).addHelpText('after', '\nExample:\n  $ holdfast kits clear GIFT-BOX --yes')
  clear.action((sku: string) =>
    shell.withHoldfast(clear, async ({ kits: room }) => {
      const found = await room.get({ sku })
      const what = (kit: Kit) => {
        const within = kit.part_of.length > 0 ? `, part of ${kit.part_of.join(', ')}` : ''
        return `make ${sku} no kit any more (${sortOf(kit)}: ${listed(kit.components)}${within})`
      }
      return (
        (await agreedOn(clear, shell, { name: sku, found, what })) ??
        outcomeOf(await room.clear({ sku }), () => [`${sku} is no kit any more`])
      )
    }),
  )
}

const registerBuild = (
  kits: Command,
  shell: Shell,
  verb: 'build' | 'break-down',
  summary: string,
): void => {
  const command = kits
    .command(`${verb} <sku> <location>`)
    .summary(summary)
    .argument('<quantity>', 'how many kits', readNumber)
    .option('--reason <reason>', 'why, for the ledger')
    .option('--document <document>', 'the paper that it refers to')
    .addHelpText('after', `\nExample:\n  $ holdfast kits ${verb} GIFT-BOX berlin 10`)
  command.action((sku: string, location: string, quantity: number) => {
    const { reason, document } = command.opts()
    const request = { sku, location, quantity, reason, document }
    return shell.withHoldfast(command, async holdfast =>
      verb === 'build'
        ? outcomeOf(await holdfast.kits.build(request), built('built'))
        : outcomeOf(await holdfast.kits.breakDown(request), built('broke down')),
    )
  })
}
