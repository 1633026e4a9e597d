import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, stock } from '../../test/shop.ts'
import { buildProgram } from './program.ts'
import { commandsOf, runLine } from './testRun.ts'

const { holdfast, ownerUrl } = await freshDatabase()

const made = { key: '', published: '', webhook: '' }

const done = <Made extends { ok: boolean }>(answer: Made) => {
  expect(answer).toMatchObject({ ok: true })
  return answer as Extract<Made, { ok: true }>
}

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 10 }, MUG: { berlin: 10 }, OLD: { berlin: 1 } })
  for (const sku of ['BOX', 'LONE']) done(await holdfast.skus.create({ code: sku }))
  done(await holdfast.kits.set({ sku: 'BOX', components: [{ sku: 'TEE', quantity: 2 }] }))
  const holidays = [{ day: '2027-05-01', name: 'Labour Day' }]
  done(await holdfast.calendars.create({ code: 'de', name: 'Germany', holidays }))
  done(await holdfast.channels.create({ code: 'amazon', kind: 'marketplace' }))
  const line = { sku: 'TEE', location: 'berlin', channel: 'amazon', quantity: 3 }
  done(await holdfast.channels.setBuffers({ lines: [line] }))
  done(await holdfast.notices.set({ email: 'stock@example.com', notices: ['shortage', 'out'] }))
  done(await holdfast.contacts.set({ email: 'kim@example.com', order_reference: 'o-1' }))
  done(await holdfast.people.invite({ email: 'bob@shop.example', name: 'Bob', role: 'admin' }))
  done(await holdfast.people.invite({ email: 'ana@shop.example', name: 'Ana', role: 'viewer' }))
  const supply = { sku: 'TEE', location: 'berlin', quantity: 24, expected_on: '2027-03-01' }
  done(await holdfast.supply.book({ code: 'PO-1', ...supply }))
  done(await holdfast.policies.set({ rules: [{ sku: 'MUG', fields: { hold_seconds: 60 } }] }))
  made.key = `${done(await holdfast.keys.create({ name: 'shop', scopes: ['read'], mode: 'live' })).key_id}`
  const origins = ['https://shop.example']
  const published = await holdfast.publishableKeys.create({ name: 'pages', origins })
  made.published = `${done(published).key_id}`
  const url = 'https://shop.example/hooks'
  made.webhook = `${done(await holdfast.webhooks.create({ url })).endpoint_id}`
})

/** All that the commands below could end. */
const everything = async () => ({
  skus: await holdfast.skus.list(),
  kits: await holdfast.kits.list(),
  calendars: await holdfast.calendars.list(),
  channels: await holdfast.channels.list(),
  buffers: await holdfast.channels.buffers(),
  notices: await holdfast.notices.list(),
  contacts: await holdfast.contacts.list(),
  people: await holdfast.people.list(),
  supply: await holdfast.supply.get({ code: 'PO-1' }),
  policies: await holdfast.policies.history(),
  keys: await holdfast.keys.list(),
  published: await holdfast.publishableKeys.list(),
  webhooks: await holdfast.webhooks.list(),
})

/** What each of them ends, and what --dry-run shows of it; in an order in which all can be done. */
const ENDING: { path: string; words: () => string[]; shows: RegExp }[] = [
  { path: 'skus merge', words: () => ['OLD', 'MUG'], shows: /OLD.*1 on hand.* to MUG/ },
  { path: 'skus archive', words: () => ['LONE'], shows: /LONE out of sale/ },
  { path: 'kits clear', words: () => ['BOX'], shows: /BOX no kit.*2 × TEE/ },
  {
    path: 'calendars remove-holiday',
    words: () => ['de', '2027-05-01'],
    shows: /2027-05-01 \(Labour Day\) off calendar de \(Germany, of 0 locations\)/,
  },
  { path: 'calendars remove', words: () => ['de'], shows: /calendar de \(Germany.* 1 holidays/ },
  { path: 'channels archive', words: () => ['amazon'], shows: /amazon.*marketplace.* 1 buffer / },
  { path: 'policies clear', words: () => ['--sku', 'MUG'], shows: /sku MUG.*hold_seconds=60/ },
  { path: 'supply short', words: () => ['PO-1', '20'], shows: /let 20 units.*24 of 24 TEE/ },
  { path: 'supply cancel', words: () => ['PO-1'], shows: /PO-1.*24 TEE for berlin/ },
  { path: 'contacts erase', words: () => ['kim@example.com'], shows: /kim.*\(1 contact\)/ },
  {
    path: 'notices remove',
    words: () => ['stock@example.com'],
    shows: /of shortage, out no more|of out, shortage no more/,
  },
  { path: 'webhooks remove', words: () => [made.webhook], shows: /shop\.example\/hooks, active/ },
  { path: 'keys revoke', words: () => [made.key], shows: /end key \d+ \(shop, / },
  { path: 'keys unpublish', words: () => [made.published], shows: /\(pages, for pages of https/ },
  { path: 'people remove', words: () => ['ana@shop.example'], shows: /show Ana \(ana@/ },
]

/** Those that write a file or mend the books; their own tests have their questions. */
const ELSEWHERE = ['ledger archive', 'doctor']

test('every command that may be told yes has its row in this table', () => {
  const asking = commandsOf(buildProgram()).filter(({ command }) =>
    command.options.some(({ long }) => long === '--yes'),
  )
  const known = [...ENDING.map(({ path }) => path), ...ELSEWHERE]
  expect(asking.map(({ path }) => path).sort()).toEqual(known.sort())
})

test.each(ENDING)('$path refuses where nobody answers, and changes nothing', async row => {
  const before = await everything()
  const ran = await runLine(['--json', ...row.path.split(' '), ...row.words()], holdfast)
  expect(ran).toMatchObject({ exit: 2, json: { ok: false, error: { code: 'not_agreed' } } })
  expect(ran.err).toMatch(row.shows)
  expect(await everything()).toEqual(before)
})

test.each(ENDING)('$path --dry-run shows what would go, and changes nothing', async row => {
  const before = await everything()
  const ran = await runLine([...row.path.split(' '), ...row.words(), '--dry-run'], holdfast)
  expect(ran).toMatchObject({ exit: 0, out: expect.stringMatching(row.shows) })
  expect(await everything()).toEqual(before)
})

test.each(ENDING)('$path --dry-run of what is not there is refused', async row => {
  const words = row.words().map(word => (word.startsWith('--') ? word : word.replace(/^.+$/, '99')))
  const line = ['--json', ...row.path.split(' '), ...words, '--dry-run']
  // Whoever is told nothing may still stand in mails that were sent.
  const exit = row.path === 'contacts erase' ? 0 : 1
  expect((await runLine(line, holdfast)).exit).toBe(exit)
})

test.each(ENDING)('$path --yes does it', async row => {
  const before = await everything()
  const ran = await runLine(['--json', ...row.path.split(' '), ...row.words(), '--yes'], holdfast)
  expect(ran).toMatchObject({ exit: 0, json: { ok: true } })
  expect(await everything()).not.toEqual(before)
})

test('what is closed or in use is refused before anybody is asked', async () => {
  const closed = await runLine(['--json', 'supply', 'cancel', 'PO-1', '--dry-run'], holdfast)
  expect(closed).toMatchObject({ exit: 1, json: { refusal: { code: 'supply_closed' } } })
  done(await holdfast.calendars.create({ code: 'fr' }))
  done(await holdfast.locations.update({ code: 'berlin', calendar: 'fr' }))
  const used = await runLine(['--json', 'calendars', 'remove', 'fr', '--yes'], holdfast)
  expect(used).toMatchObject({ exit: 1, json: { refusal: { code: 'calendar_in_use' } } })
})

test('supply that was cancelled by a key is answered again by it', async () => {
  const supply = { sku: 'MUG', location: 'berlin', quantity: 5, expected_on: '2027-03-01' }
  done(await holdfast.supply.book({ code: 'PO-2', ...supply }))
  const line = ['--json', 'supply', 'cancel', 'PO-2', '--key', 'once', '--yes']
  expect(await runLine(line, holdfast)).toMatchObject({ exit: 0, json: { state: 'cancelled' } })
  expect(await runLine(line, holdfast)).toMatchObject({ exit: 0, json: { replayed: true } })
})

test('after all of it the books are sound', () => expectSound(ownerUrl))
