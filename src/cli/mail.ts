import { writeFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import type { Holdfast } from '../holdfast.ts'
import { templates } from '../mail/letters.ts'
import type { ChangeMailSettings, Mail, MailSettings } from '../mail/mail.ts'
import { sendDue } from '../mail/mailer.ts'
import { type Language, languages } from '../mail/words.ts'
import { usage } from './commandError.ts'
import { readNumber } from './lines.ts'
import { mailTransport, outboxFolder } from './mailing.ts'
import { EXIT, type Outcome, outcomeOf, type Shell, table } from './shell.ts'

const STATES = ['waiting', 'sent', 'failed', 'erased']

/** Mails: `holdfast mail …`. */
export const register = (program: Command, shell: Shell): void => {
  const mail = program
    .command('mail')
    .summary('how mails look, the outbox, previews')
    .addHelpText('after', '\nExample:\n  $ holdfast mail preview promise_moved --lang zh')
  registerSettings(mail, shell)
  registerReads(mail, shell)
  registerPreview(mail, shell)
  registerSends(mail, shell)
}

const settingsLines = (settings: MailSettings): string[] => [
  `shop       ${settings.name}${settings.shop_name ? '' : ' (the name of the tenant)'}`,
  `from       ${settings.from_address ?? "the server's HOLDFAST_MAIL_FROM"}`,
  `reply to   ${settings.reply_to ?? '–'}`,
  `logo       ${settings.logo_url ?? '–'}`,
  `colour     ${settings.colour ?? '–'}`,
  `language   ${settings.language}`,
  `links      ${settings.public_url ?? "the server's own address"}`,
  `customers  ${settings.customer_mails ? 'are told by Holdfast' : 'are told by the shop itself'}`,
]

/** A word that takes a setting back. */
const NONE = 'none'
const orNone = (word: string | undefined): string | null | undefined =>
  word === NONE ? null : word

const registerSettings = (mail: Command, shell: Shell): void => {
  const show = mail
    .command('settings')
    .summary('how mails look, and from whom they are')
    .addHelpText('after', '\nExample:\n  $ holdfast mail settings')
  show.action(() =>
    shell.withHoldfast(show, async holdfast =>
      outcomeOf(await holdfast.mail.settings(), settingsLines),
    ),
  )
  const set = mail
    .command('set')
    .summary('change that; "none" takes a setting back')
    .option('--shop-name <name>', 'what the shop is called in mails')
    .option('--from <address>', 'from whom mails are')
    .option('--reply-to <address>', 'where answers go')
    .option('--logo-url <url>', 'a picture, 160 pixels wide in the mail')
    .option('--colour <colour>', 'of buttons, as #0b7285')
    .addOption(new Option('--lang <language>', 'of whoever has named none').choices([...languages]))
    .option('--public-url <url>', 'where the links of mails lead')
    .addOption(new Option('--customers <who>', 'who tells customers').choices(['holdfast', 'shop']))
    .addHelpText('after', '\nExample:\n  $ holdfast mail set --colour "#0b7285" --lang zh')
  set.action(() => {
    const { shopName, from, replyTo, logoUrl, colour, lang, publicUrl, customers } = set.opts()
    const request: ChangeMailSettings = {
      shop_name: orNone(shopName),
      from_address: orNone(from),
      reply_to: orNone(replyTo),
      logo_url: orNone(logoUrl),
      colour: orNone(colour),
      language: lang,
      public_url: orNone(publicUrl),
      customer_mails: customers === undefined ? undefined : customers === 'holdfast',
    }
    return shell.withHoldfast(set, async holdfast =>
      outcomeOf(await holdfast.mail.set(request), settingsLines),
    )
  })
}

const mailTable = (mails: Mail[], next: string | null): string[] => [
  ...table(
    ['id', 'template', 'to', 'lang', 'state', 'attempts', 'created_at', 'sent_at'],
    mails.map(each => [
      each.mail_id,
      each.template,
      each.recipient ?? '(erased)',
      each.language,
      each.via && each.state === 'sent' ? `sent by ${each.via}` : each.state,
      each.attempts,
      each.created_at,
      each.sent_at ?? '',
    ]),
  ),
  ...(next ? [`more: --cursor ${next}`] : []),
]

const registerReads = (mail: Command, shell: Shell): void => {
  const list = mail
    .command('list')
    .summary('the outbox, the newest first')
    .addOption(new Option('--state <state>', 'only these').choices(STATES))
    .addOption(new Option('--template <template>', 'only these').choices(templates))
    .option('--to <address>', 'only those to this address')
    .option('--limit <number>', 'rows at most, 1 to 250', readNumber, 50)
    .option('--cursor <cursor>', 'where the page before has ended')
    .addHelpText('after', '\nExample:\n  $ holdfast mail list --state failed')
  list.action(() => {
    const { state, template, to: recipient, limit, cursor } = list.opts()
    return shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.mail.list({ state, template, recipient, limit, cursor }), page =>
        mailTable(page.data, page.next_cursor),
      ),
    )
  })
  const show = mail
    .command('show <id>')
    .summary('one mail with its text')
    .option('--out <file>', 'write its HTML into this file')
    .addHelpText('after', '\nExample:\n  $ holdfast mail show 7 --out mail.html')
  show.action((id: string) => {
    const { out } = show.opts()
    return shell.withHoldfast(show, async holdfast =>
      outcomeOf(await holdfast.mail.get({ mail_id: numberOf(id) }), found => [
        `to       ${found.recipient ?? '(erased)'}`,
        `state    ${found.state}, ${tries(found.attempts)}${found.fault ? `: ${found.fault}` : ''}`,
        ...written(found, out),
      ]),
    )
  })
}

const tries = (count: number): string => (count === 1 ? '1 attempt' : `${count} attempts`)

const WHOLE = /^\d{1,9}$/
const numberOf = (id: string): number => {
  if (!WHOLE.test(id)) throw usage(`"${id.slice(0, 40)}" is no number of a mail.`, 'mail list')
  return Number(id)
}

/** A mail in the terminal, or its HTML in a file. */
const written = (
  { subject, text, html }: { subject: string; text: string; html: string },
  out: string | undefined,
): string[] => {
  if (out !== undefined) writeFileSync(out, html)
  const rest = out === undefined ? ['', ...text.trimEnd().split('\n')] : [`written  ${out}`]
  return [`subject  ${subject}`, ...rest]
}

const registerPreview = (mail: Command, shell: Shell): void => {
  const preview = mail
    .command('preview')
    .argument('<template>', `one of ${templates.join(', ')}`)
    .summary('look at a mail before there is one')
    .addOption(new Option('--lang <language>', 'en or zh').choices([...languages]))
    .option('--out <file>', 'write its HTML into this file')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast mail preview promise_moved --lang zh --out mail.html',
    )
  preview.action((name: string) => {
    const { lang, out } = preview.opts() as { lang?: Language; out?: string }
    return shell.withHoldfast(preview, async holdfast => {
      const template = templates.find(each => each === name)
      if (template === undefined) {
        throw usage(`There is no mail "${name.slice(0, 40)}".`, templates.join(', '))
      }
      return outcomeOf(await holdfast.mail.preview({ template, language: lang }), made =>
        written(made, out),
      )
    })
  })
}

/** Sends a mail that waits, at once, and says what came of it. */
const sendNow = async (
  holdfast: Holdfast,
  mail_id: number,
  dataDir: string | undefined,
): Promise<Outcome> => {
  const transport = await mailTransport(dataDir)
  try {
    await sendDue(holdfast, { transport, links: async () => null }, { mail_id })
  } finally {
    transport.close()
  }
  const answer = await holdfast.mail.get({ mail_id })
  const outcome = outcomeOf(answer, mail => {
    const where = mail.via === 'outbox' ? `: ${outboxFolder(dataDir)}` : ''
    return mail.state === 'sent'
      ? [`mail ${mail_id}: sent by ${mail.via}${where}`]
      : [`mail ${mail_id}: not sent yet: ${mail.fault ?? 'another server has it'}`]
  })
  return answer.ok && answer.state !== 'sent' ? { ...outcome, exit: EXIT.refused } : outcome
}

const registerSends = (mail: Command, shell: Shell): void => {
  const test = mail
    .command('send-test <address>')
    .summary('send a mail that only says that mails arrive')
    .option('--lang <language>', 'in this language')
    .addHelpText('after', '\nExample:\n  $ holdfast mail send-test kim@example.com')
  test.action((to: string) => {
    const { lang: language } = test.opts()
    const { dataDir } = shell.optionsOf(test)
    return shell.withHoldfast(test, async holdfast => {
      const queued = await holdfast.mail.sendTest({ to, language })
      return queued.ok ? sendNow(holdfast, queued.mail_id, dataDir) : outcomeOf(queued, () => [])
    })
  })
  const retry = mail
    .command('retry <id>')
    .summary('let the server send a mail again, at once')
    .addHelpText('after', '\nExample:\n  $ holdfast mail retry 7')
  retry.action((id: string) =>
    shell.withHoldfast(retry, async holdfast =>
      outcomeOf(await holdfast.mail.retry({ mail_id: numberOf(id) }), () => [
        `mail ${id} goes out again`,
      ]),
    ),
  )
}
