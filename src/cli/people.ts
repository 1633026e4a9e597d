import type { Command } from 'commander'
import type { Role } from '../access/roles.ts'
import type { Holdfast } from '../holdfast.ts'
import type { Language, Person } from '../people/people.ts'
import { PORT } from './address.ts'
import { agreed, destroying, refused } from './agree.ts'
import { readNumber } from './lines.ts'
import { dataFolder } from './open.ts'
import { runningServers } from './runningServer.ts'
import { type Outcome, outcomeOf, refusalOutcome, type Shell, table } from './shell.ts'

/** Where a link leads: the server's own address, where one is known. */
export const joinUrl = (url: string, link: string): string =>
  `${url.replace(/\/+$/, '')}/join#${link}`

const serverUrl = async (shell: Shell, command: Command): Promise<string> => {
  const { url } = command.opts()
  if (url) return url
  const [running] = await runningServers(dataFolder(shell.optionsOf(command).dataDir))
  return running?.url ?? `http://127.0.0.1:${PORT}`
}

const NOBODY = refusalOutcome(refused('person_not_found').refusal)

const personOf = async (holdfast: Holdfast, email: string): Promise<Person | undefined> => {
  const page = await holdfast.people.list({ q: email.slice(0, 255), limit: 250 })
  if (!page.ok) return undefined
  return page.data.find(person => person.email === email.trim().toLowerCase())
}

/** Does something with the person of an address. */
const withPerson = (
  shell: Shell,
  command: Command,
  email: string,
  work: (holdfast: Holdfast, person: Person) => Promise<Outcome>,
): Promise<void> =>
  shell.withHoldfast(command, async holdfast => {
    const person = await personOf(holdfast, email)
    return person ? work(holdfast, person) : NOBODY
  })

const listed = (locations: string | undefined): string[] | null | undefined => {
  if (locations === undefined) return undefined
  return locations === 'everywhere' ? null : locations.split(',').map(code => code.trim())
}

const described = ({ email, name, role, locations }: Person): string =>
  `${email} (${name}): ${role}, ${locations ? locations.join(', ') : 'everywhere'}`

const registerInvite = (people: Command, shell: Shell): void => {
  const invite = people
    .command('invite <email>')
    .summary('ask somebody in; prints a link by which they choose a password, once')
    .requiredOption('--role <role>', 'viewer, seller, stock_keeper, purchaser or admin')
    .option('--name <name>', 'what they are called')
    .option('--locations <list>', 'where alone they may change stock, with commas between')
    .option('--language <language>', 'of the pages: en or zh')
    .option('--url <url>', 'of the server, for the link')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast people invite ana@shop.example --role stock_keeper --locations berlin',
    )
  invite.action((email: string) =>
    shell.withHoldfast(invite, async holdfast => {
      const { role, name, locations, language } = invite.opts()
      const url = await serverUrl(shell, invite)
      const asked = { role: role as Role, name, language: language as Language | undefined }
      const answer = await holdfast.people.invite({ email, ...asked, locations: listed(locations) })
      if (!answer.ok) return refusalOutcome(answer.refusal)
      const at = answer.link === undefined ? null : joinUrl(url, answer.link)
      return {
        json: { ...answer, url: at },
        lines: [described(answer), ...(at ? [at, 'It opens once, within three days.'] : [])],
      }
    }),
  )
}

const registerLink = (people: Command, shell: Shell): void => {
  const link = people
    .command('link <email>')
    .summary('a new link for somebody who has lost their password; older ones end')
    .option('--url <url>', 'of the server, for the link')
    .addHelpText('after', '\nExample:\n  $ holdfast people link ana@shop.example')
  link.action((email: string) =>
    withPerson(shell, link, email, async (holdfast, { person_id }) => {
      const made = await holdfast.people.link({ person_id })
      if (!made.ok) return refusalOutcome(made.refusal)
      const at = joinUrl(await serverUrl(shell, link), made.link)
      return { json: { ...made, url: at }, lines: [at, 'It opens once, within three days.'] }
    }),
  )
}

const registerSet = (people: Command, shell: Shell): void => {
  const set = people
    .command('set <email>')
    .summary('change the role, the name or the locations of somebody')
    .option('--role <role>', 'viewer, seller, stock_keeper, purchaser or admin')
    .option('--name <name>', 'what they are called')
    .option('--locations <list>', 'where alone they may change stock; or everywhere')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast people set ana@shop.example --locations berlin,hamburg',
    )
  set.action((email: string) =>
    withPerson(shell, set, email, async (holdfast, { person_id }) => {
      const { role, name, locations } = set.opts()
      const where = listed(locations)
      const changes = { role, name, ...(where === undefined ? {} : { locations: where }) }
      const answer = await holdfast.people.update({ person_id, ...changes })
      return outcomeOf(answer, person => [described(person)])
    }),
  )
}

const registerRemove = (people: Command, shell: Shell): void => {
  const remove = destroying(
    people.command('remove <email>').summary('show somebody out, at once'),
  ).addHelpText('after', '\nExample:\n  $ holdfast people remove ana@shop.example --yes')
  remove.action((email: string) =>
    withPerson(shell, remove, email, async (holdfast, { person_id, name }) => {
      const answer = await agreed(remove, shell, `show ${name} (${email}) out`, email)
      return (
        answer ??
        outcomeOf(await holdfast.people.remove({ person_id }), gone => [`${gone.email} is out`])
      )
    }),
  )
}

const registerLists = (people: Command, shell: Shell): void => {
  const list = people
    .command('list')
    .summary('who may sign in')
    .option('--removed', 'those who were shown out')
    .addHelpText('after', '\nExample:\n  $ holdfast people list')
  list.action(() =>
    shell.withHoldfast(list, async holdfast => {
      const removed = list.opts()['removed'] === true
      return outcomeOf(await holdfast.people.list({ limit: 250, removed }), page =>
        table(
          ['id', 'email', 'name', 'role', 'locations', 'joined', 'signed_in_at'],
          page.data.map(({ person_id, locations, joined, signed_in_at, ...each }) => [
            ...[person_id, each.email, each.name, each.role],
            ...[locations ? locations.join(',') : 'everywhere', joined ? 'yes' : 'no'],
            signed_in_at ?? '',
          ]),
        ),
      )
    }),
  )
  const log = people
    .command('log')
    .summary('who has signed in, and changed people, keys, policies and settings')
    .option('--action <name>', 'only this')
    .option('--limit <number>', 'rows at the most', readNumber, 50)
    .addHelpText('after', '\nExample:\n  $ holdfast people log --action sign_in_failed')
  log.action(() =>
    shell.withHoldfast(log, async holdfast => {
      const { action, limit } = log.opts()
      return outcomeOf(await holdfast.auditLog.list({ action, limit }), page =>
        table(
          ['happened_at', 'action', 'who', 'from', 'facts'],
          page.data.map(({ happened_at, action: what, actor, address, facts }) => [
            ...[happened_at, what, actor ?? '', address ?? '', JSON.stringify(facts)],
          ]),
        ),
      )
    }),
  )
}

/** People who sign in: `holdfast people …`. */
export const register = (program: Command, shell: Shell): void => {
  const people = program
    .command('people')
    .summary('who signs in: invite, link, list, set, remove, log')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast people invite ana@shop.example --role stock_keeper',
    )
  for (const each of [registerInvite, registerLink, registerSet, registerRemove, registerLists]) {
    each(people, shell)
  }
}
