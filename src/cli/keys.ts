import type { Command } from 'commander'
import type { Scope } from '../access/keys.ts'
import { agreed, destroying } from './agree.ts'
import { keyNamed } from './namedKey.ts'
import { register as registerPublishableKeys } from './publishableKeys.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

/** API keys: `holdfast keys …`. */
export const register = (program: Command, shell: Shell): void => {
  const keys = program
    .command('keys')
    .summary('API keys: create, list, revoke')
    .addHelpText('after', '\nExample:\n  $ holdfast keys create shop --scopes read,sell')
  const create = keys
    .command('create <name>')
    .summary('make a key; it is shown this once')
    .option('--scopes <list>', 'read, sell, stock, admin', 'read,sell')
    .option('--test', "a key for the tenant's sandbox")
    .addHelpText('after', '\nExample:\n  $ holdfast keys create shop --scopes read,sell')
  create.action((name: string) => {
    const { scopes, test } = create.opts()
    const listed = (scopes as string).split(',').map(scope => scope.trim()) as Scope[]
    const mode = test ? 'test' : 'live'
    return shell.withHoldfast(create, async holdfast =>
      outcomeOf(await holdfast.keys.create({ name, scopes: listed, mode }), made => [
        made.key ?? made.prefix,
        'Keep it: it is not shown again.',
      ]),
    )
  })
  const list = keys
    .command('list')
    .summary('all keys, without their secrets')
    .addHelpText('after', '\nExample:\n  $ holdfast keys list')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.keys.list({ limit: 250 }), page =>
        table(
          ['id', 'key', 'name', 'scopes', 'last_used_at', 'revoked_at'],
          page.data.map(key => [
            key.key_id,
            `${key.prefix}…`,
            key.name,
            key.scopes.join(','),
            key.last_used_at ?? '',
            key.revoked_at ?? '',
          ]),
        ),
      ),
    ),
  )
  registerPublishableKeys(keys, shell)
  const revoke = destroying(
    keys.command('revoke <id>').summary('end a key at once, for ever'),
  ).addHelpText('after', '\nExample:\n  $ holdfast keys revoke 3 --yes')
  revoke.action((id: string) =>
    shell.withHoldfast(revoke, async holdfast => {
      const found = await keyNamed(holdfast.keys.list, id)
      const what = `end key ${id}${found ? ` (${found.name}, ${found.prefix}…)` : ''} for ever`
      const answer = found && (await agreed(revoke, shell, what, id))
      return (
        answer ??
        outcomeOf(await holdfast.keys.revoke({ key_id: id }), gone => [
          `${gone.prefix}… is revoked`,
        ])
      )
    }),
  )
}
