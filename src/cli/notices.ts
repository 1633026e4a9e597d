import type { Command } from 'commander'
import type { Holdfast } from '../holdfast.ts'
import type { Notice, NoticeRecipient } from '../notices/notices.ts'
import { agreedOn, destroying, refused } from './agree.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const shown = ({ email, notices }: NoticeRecipient): string[] => [
  `${email} is told of ${notices.join(', ')}`,
]

/** Who at the merchant's is told of what: `holdfast notices …`. */
export const register = (program: Command, shell: Shell): void => {
  const notices = program
    .command('notices')
    .summary("who at the merchant's is told of shortages, low stock, paused webhooks")
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast notices set stock@example.com --on shortage,out',
    )
  const list = notices
    .command('list')
    .summary('everybody who is told')
    .addHelpText('after', '\nExample:\n  $ holdfast notices list')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.notices.list({ limit: 250 }), page =>
        table(
          ['id', 'email', 'lang', 'told of'],
          page.data.map(each => [
            each.recipient_id,
            each.email,
            each.language,
            each.notices.join(','),
          ]),
        ),
      ),
    ),
  )
  const set = notices
    .command('set <email>')
    .summary('tell somebody of these, and of nothing else')
    .option('--on <list>', 'shortage, low, out, webhook_paused; all of them when left out')
    .option('--lang <tag>', 'their language, as zh-CN')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast notices set stock@example.com --on shortage,out',
    )
  set.action((email: string) => {
    const { on, lang: language } = set.opts()
    const wanted = (on as string | undefined)?.split(',').map(each => each.trim()) as Notice[]
    return shell.withHoldfast(set, async holdfast =>
      outcomeOf(await holdfast.notices.set({ email, language, notices: wanted }), shown),
    )
  })
  registerRemove(notices, shell)
}

/** Who is told at an address; a tenant tells twenty at the most. */
const recipientOf = async ({ notices }: Holdfast, email: string) => {
  const page = await notices.list({ limit: 250 })
  if (!page.ok) return page
  const found = page.data.find(each => each.email === email.toLowerCase())
  return found ? { ok: true as const, ...found } : refused('recipient_not_found')
}

const registerRemove = (notices: Command, shell: Shell): void => {
  const remove = destroying(
    notices.command('remove <email>').summary('tell somebody of nothing any more'),
  ).addHelpText('after', '\nExample:\n  $ holdfast notices remove stock@example.com --yes')
  remove.action((email: string) =>
    shell.withHoldfast(remove, async holdfast => {
      const found = await recipientOf(holdfast, email)
      const what = (told: NoticeRecipient) =>
        `tell ${email} of ${told.notices.join(', ')} no more, and take the address out of its mails`
      return (
        (await agreedOn(remove, shell, { name: email, found, what })) ??
        outcomeOf(await holdfast.notices.remove({ email }), () => [`${email} is told of nothing`])
      )
    }),
  )
}
