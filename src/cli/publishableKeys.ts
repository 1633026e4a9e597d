import type { Command } from 'commander'
import { agreed, destroying } from './agree.ts'
import { readNumber } from './lines.ts'
import { keyNamed } from './namedKey.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const registerPublish = (keys: Command, shell: Shell): void => {
  const publish = keys
    .command('publish <name>')
    .summary('make a key for the pages of a shop: hf_pub_…, which is no secret')
    .requiredOption('--origins <list>', 'of these pages, with commas between')
    .option('--channel <code>', 'by which its carts are sold')
    .option('--units-max <number>', 'that a browser may hold', readNumber)
    .option('--lines-max <number>', 'of a cart', readNumber)
    .option('--shown-max <number>', 'more available units are shown as so many', readNumber)
    .option('--calls-per-minute <number>', 'from one address', readNumber)
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast keys publish "web shop" --origins https://shop.example --units-max 10',
    )
  publish.action((name: string) => {
    const { origins, channel, unitsMax, linesMax, shownMax, callsPerMinute } = publish.opts()
    const listed = (origins as string).split(',').map(origin => origin.trim())
    const limits = {
      ...{ channel, units_max: unitsMax, lines_max: linesMax, shown_max: shownMax },
      calls_per_minute: callsPerMinute,
    }
    return shell.withHoldfast(publish, async holdfast =>
      outcomeOf(
        await holdfast.publishableKeys.create({ name, origins: listed, ...limits }),
        made => [
          made.key,
          `For pages of ${made.origins.join(', ')}; ${made.units_max} units a browser.`,
        ],
      ),
    )
  })
}

/** Publishable keys: `holdfast keys publish …`. */
export const register = (keys: Command, shell: Shell): void => {
  registerPublish(keys, shell)
  const list = keys
    .command('published')
    .summary('all publishable keys')
    .addHelpText('after', '\nExample:\n  $ holdfast keys published')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.publishableKeys.list({ limit: 250 }), page =>
        table(
          ['id', 'key', 'name', 'origins', 'units_max', 'revoked_at'],
          page.data.map(({ key_id, key, name, origins, units_max, revoked_at }) => [
            ...[key_id, key, name, origins.join(','), units_max],
            revoked_at ?? '',
          ]),
        ),
      ),
    ),
  )
  const unpublish = destroying(
    keys.command('unpublish <id>').summary('end a publishable key at once, for ever'),
  ).addHelpText('after', '\nExample:\n  $ holdfast keys unpublish 7 --yes')
  unpublish.action((id: string) =>
    shell.withHoldfast(unpublish, async holdfast => {
      const named = Number(id)
      const key_id = Number.isInteger(named) && named > 0 && named < 2 ** 31 ? named : 0
      const found = await keyNamed(holdfast.publishableKeys.list, id)
      const which = found ? ` (${found.name}, for pages of ${found.origins.join(', ')})` : ''
      const what = `end the publishable key ${id}${which} for ever`
      const answer = found && (await agreed(unpublish, shell, what, id))
      return (
        answer ??
        outcomeOf(await holdfast.publishableKeys.revoke({ key_id }), gone => [
          `${gone.key} is revoked`,
        ])
      )
    }),
  )
}
