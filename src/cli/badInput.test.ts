import type { Command } from 'commander'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, stock } from '../../test/shop.ts'
import { buildProgram } from './program.ts'
import { commandsOf, runLine } from './testRun.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const hold = { id: '' }

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 10 }, MUG: { berlin: 1 } })
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  hold.id = granted(await holdfast.reserve({ lines })).reservation_id
})

const lone = '\ud800'
const LONG = 'x'.repeat(99_999)
/** What no text can be, or no code that is known. */
const TEXTS = ['', 'NOPE', lone, LONG]
/** What no number can be, or none that makes sense. */
const NUMBERS = ['', 'NaN', '1e21', '-1', '1.5', '0', 'NOPE']
const NUL = 'a\u0000b'

/** A command line that works, of each command that takes arguments. */
const GOOD: Record<string, () => string[]> = {
  'stock show': () => [],
  'stock set': () => ['TEE', 'berlin', '5'],
  'stock adjust': () => ['TEE', 'berlin', '1'],
  'stock receive': () => ['TEE', 'berlin', '1'],
  'stock move': () => ['TEE', 'berlin', '1', '--from', 'available', '--to', 'damaged'],
  reserve: () => ['TEE@berlin:1'],
  amend: () => [hold.id, 'TEE@berlin:1'],
  extend: () => [hold.id],
  commit: () => [hold.id, 'TEE@berlin:1', '--order', 'o-1'],
  fulfill: () => [hold.id, 'TEE@berlin:1'],
  release: () => [hold.id, 'TEE@berlin:1'],
  return: () => [hold.id, 'TEE@berlin:1'],
  'record-sale': () => ['TEE@berlin:1', '--order', 'o-2'],
  'reservations list': () => [],
  'reservations show': () => [hold.id],
  ledger: () => [],
  'skus list': () => [],
  'skus show': () => ['TEE'],
  'skus create': () => ['TEE'], // is there already: each line is refused
  'skus rename': () => ['TEE', 'MUG'],
  'skus alias': () => ['TEE', 'MUG'],
  'skus merge': () => ['TEE', 'MUG'],
  'skus archive': () => ['TEE'],
  'locations list': () => [],
  'locations create': () => ['berlin'],
  'locations set': () => ['berlin'],
  'calendars list': () => [],
  'calendars show': () => ['de'],
  'calendars create': () => ['de'],
  'calendars set': () => ['de'],
  'calendars add-holiday': () => ['de', '2027-05-01', 'Labour Day'],
  'calendars remove-holiday': () => ['de', '2027-05-01', '--yes'],
  'calendars remove': () => ['at', '--yes'],
  'channels list': () => [],
  'channels create': () => ['web'],
  'channels set': () => ['web'],
  'channels archive': () => ['web', '--yes'],
  'channels unarchive': () => ['web'],
  'channels buffers': () => [],
  'channels buffer': () => ['web', 'TEE', 'berlin', '1'],
  'kits list': () => [],
  'kits show': () => ['BOX'],
  'kits set': () => ['BOX', 'TEE:2', 'MUG'],
  'kits clear': () => ['BOX', '--yes'],
  'kits build': () => ['BOX', 'berlin', '1'],
  'kits break-down': () => ['BOX', 'berlin', '1'],
  'policies list': () => [],
  'policies history': () => [],
  'policies show': () => ['TEE'],
  'policies explain': () => ['TEE'],
  'mail settings': () => [],
  'mail set': () => [],
  'mail list': () => [],
  'mail retry': () => ['1'],
  'contacts list': () => [],
  'contacts set': () => ['kim@example.com', '--order', 'o-1'],
  'contacts erase': () => ['kim@example.com', '--yes'],
  'notices list': () => [],
  'notices set': () => ['stock@example.com'],
  'notices remove': () => ['stock@example.com', '--yes'],
  'policies set': () => ['hold_seconds=60', '--sku', 'MUG'],
  'policies clear': () => ['--sku', 'MUG', '--yes'],
  'events list': () => [],
  'events types': () => [],
  'supply list': () => [],
  'supply show': () => ['PO-1'],
  'supply book': () => ['PO-1', 'TEE', 'berlin', '5', '--on', '2027-03-01'],
  'supply move': () => ['PO-1', '--on', '2027-03-08'],
  'supply short': () => ['PO-1', '4', '--yes'],
  'supply cancel': () => ['PO-2', '--yes'],
  'supply receive': () => ['PO-1', '1'],
  'backorders list': () => [],
  'backorders advise': () => ['TEE'],
  'backorders lost': () => [],
  'promises list': () => [],
  'promises show': () => [hold.id],
  'promises rate': () => [],
  'promises link': () => [hold.id],
  'promises answer': () => [hold.id, 'keep'],
  'webhooks list': () => [],
  'webhooks create': () => ['https://shop.example/hooks'],
  'webhooks set': () => ['1'],
  'webhooks show': () => ['1'],
  'webhooks rotate': () => ['1'],
  'webhooks pause': () => ['1'],
  'webhooks resume': () => ['1'],
  'webhooks ping': () => ['1'],
  'webhooks remove': () => ['2', '--yes'],
  'webhooks deliveries': () => ['1'],
  'webhooks delivery': () => ['1', 'evt_1'],
  'webhooks replay': () => ['1', '--event', 'evt_1'],
  'tenants list': () => [],
  'tenants create': () => ['default'],
  'tenants set': () => ['default'],
  'keys create': () => ['shop', '--scopes', 'none'],
  'keys list': () => [],
  'keys revoke': () => ['1'],
  'keys publish': () => ['shop', '--origins', 'https://shop.example'],
  'keys published': () => [],
  'keys unpublish': () => ['1'],
  'people invite': () => ['ana@shop.example', '--role', 'viewer'],
  'people link': () => ['bob@shop.example'],
  'people set': () => ['ana@shop.example', '--role', 'seller'],
  'people remove': () => ['ana@shop.example'],
  'people list': () => [],
  'people log': () => [],
  prove: () => ['--buyers', '0'],
}

/** Those that take a file or a place; their own tests have their bad input. */
const ELSEWHERE = [
  ...['start', 'stop', 'migrate', 'import', 'export', 'replay', 'verify', 'doctor'],
  ...['policies import', 'ledger archive', 'torture'], // a minute of it is a minute
  'events follow', // until Ctrl-C
  ...['mail show', 'mail preview', 'mail send-test'],
]
const program = buildProgram()
// `ledger` lists by itself, and has a command below it.
const leaves = commandsOf(program).filter(
  ({ path, command }) => path === 'ledger' || command.commands.length === 0,
)

test('every command has its row in this table', () => {
  const named = leaves.map(({ path }) => path).filter(path => path !== 'version')
  expect(named.sort()).toEqual([...Object.keys(GOOD), ...ELSEWHERE].sort())
})

/** The bad words to put in the place of a good one: for a cart's line, its SKU and its quantity. */
const badFor = (good: string): string[] => {
  const [, before = '', quantity] = /^(.*:)?(\d+)$/.exec(good) ?? []
  if (quantity === undefined) return [...TEXTS, NUL]
  if (before === '') return NUMBERS
  return [...NUMBERS.map(bad => `${before}${bad}`), ...TEXTS.map(bad => `${bad}@berlin:1`)]
}

/** Every line in which one word of a good one is bad, or one option. */
const badLines = (path: string, command: Command): string[][] => {
  const good = GOOD[path]?.() ?? []
  const words = good.flatMap((word, at) =>
    word.startsWith('--') ? [] : badFor(word).map(bad => good.with(at, bad)),
  )
  const optional = command.options
    .filter(option => option.required && !good.includes(option.long as string))
    .flatMap(({ long, parseArg }) =>
      (parseArg ? NUMBERS : TEXTS).map(bad => [...good, `${long}=${bad}`]),
    )
  return [...words, ...optional].map(line => [...path.split(' '), ...line])
}

const AT_ONCE = 6

test.each(leaves.filter(({ path }) => GOOD[path]))(
  '$path: bad input is exit 1 or 2 with an object, never a bug',
  async ({ path, command }) => {
    const lines = badLines(path, command)
    const wrong: string[] = []
    for (let at = 0; at < lines.length; at += AT_ONCE) {
      const tried = lines.slice(at, at + AT_ONCE).map(async line => {
        const { exit, json, err } = await runLine(['--json', ...line], holdfast)
        const fine = [0, 1, 2].includes(exit) && json !== undefined && !/\n\s+at /.test(err)
        const told = exit === 0 || JSON.stringify(json).includes('"message"')
        if (!fine || !told) wrong.push(`${exit}: ${JSON.stringify(line).slice(0, 120)} ${err}`)
      })
      await Promise.all(tried)
    }
    expect(wrong).toEqual([])
  },
)

const QUANTITIES = ['', 'NaN', '1e21', '1.5', 'Infinity', '0x10', 'x', '9'.repeat(400)]
const verbs = ['stock set TEE berlin Q', 'stock adjust TEE berlin Q', 'stock receive TEE berlin Q']
const carts = ['reserve TEE@berlin:Q', 'record-sale TEE@berlin:Q --order o-3']

test.each([...verbs, ...carts])('%s: what is no quantity changes nothing', async line => {
  const { version } = await level(holdfast, 'TEE', 'berlin')
  for (const quantity of [...QUANTITIES, ...(line.includes('adjust') ? [] : ['-1'])]) {
    const words = line.split(' ').map(word => word.replace(/Q$/, quantity))
    const { exit } = await runLine(['--json', ...words], holdfast)
    expect({ quantity, refused: exit === 1 || exit === 2 }).toEqual({ quantity, refused: true })
  }
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ version })
})

test('after all of it the books are sound', () => expectSound(ownerUrl))
