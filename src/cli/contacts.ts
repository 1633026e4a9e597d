import type { Command } from 'commander'
import { agreedOn, counted, destroying } from './agree.ts'
import { readNumber } from './lines.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

/** Who is told about orders: `holdfast contacts …`. */
export const register = (program: Command, shell: Shell): void => {
  const contacts = program
    .command('contacts')
    .summary('who is told about an order: set, list, erase')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast contacts set kim@example.com --order ORDER-1 --lang zh-CN',
    )
  registerSet(contacts, shell)
  const list = contacts
    .command('list')
    .summary('all contacts, or those of one order, reservation or address')
    .option('--order <reference>', 'of this order')
    .option('--reservation <id>', 'of this reservation')
    .option('--email <address>', 'with this address')
    .option('--limit <number>', 'rows at most, 1 to 250', readNumber, 50)
    .option('--cursor <cursor>', 'where the page before has ended')
    .addHelpText('after', '\nExample:\n  $ holdfast contacts list --order ORDER-1')
  list.action(() => {
    const { order: order_reference, reservation: reservation_id, email } = list.opts()
    const { limit, cursor } = list.opts()
    const request = { order_reference, reservation_id, email, limit, cursor }
    return shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.contacts.list(request), page => [
        ...table(
          ['order or reservation', 'email', 'lang', 'created_at'],
          page.data.map(contact => [
            contact.order_reference ?? contact.reservation_id,
            contact.email,
            contact.language,
            contact.created_at,
          ]),
        ),
        ...(page.next_cursor ? [`more: --cursor ${page.next_cursor}`] : []),
      ]),
    )
  })
  registerErase(contacts, shell)
}

const registerSet = (contacts: Command, shell: Shell): void => {
  const set = contacts
    .command('set <email>')
    .summary('say who is told about an order, or about a reservation that has none yet')
    .option('--order <reference>', 'the order')
    .option('--reservation <id>', 'or the reservation')
    .option('--lang <tag>', 'their language, as zh-CN')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast contacts set kim@example.com --order ORDER-1 --lang zh-CN',
    )
  set.action((email: string) => {
    const { order: order_reference, reservation: reservation_id, lang: language } = set.opts()
    return shell.withHoldfast(set, async holdfast =>
      outcomeOf(
        await holdfast.contacts.set({ email, order_reference, reservation_id, language }),
        made => [`told about ${made.order_reference ?? made.reservation_id}: ${email}`],
      ),
    )
  })
}

const registerErase = (contacts: Command, shell: Shell): void => {
  const erase = destroying(
    contacts
      .command('erase [email]')
      .summary('erase a person, or who is told of one order, from contacts and outbox')
      .option('--order <reference>', 'who is told about this order')
      .option('--reservation <id>', 'who is told about this reservation'),
  ).addHelpText('after', '\nExample:\n  $ holdfast contacts erase kim@example.com --yes')
  erase.action((email: string | undefined) => {
    const { order: order_reference, reservation: reservation_id } = erase.opts()
    const name = email ?? order_reference ?? reservation_id ?? ''
    return shell.withHoldfast(erase, async holdfast => {
      const whom = { email, order_reference, reservation_id }
      const found = await holdfast.contacts.list({ ...whom, limit: 250 })
      const what = () => `erase who is told as or about ${name} (${counted(found, 'contact')})`
      // Of nobody the engine says that somebody is to be named.
      const held = name !== '' && (await agreedOn(erase, shell, { name, found, what }))
      if (held) return held
      return outcomeOf(await holdfast.contacts.erase(whom), gone => [
        `erased: ${gone.contacts} contacts, the address of ${gone.mails} mails`,
      ])
    })
  })
}
