import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, stock } from '../../test/shop.ts'
import { buildProgram } from './program.ts'
import { commandsOf, runLine } from './testRun.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()

const run = async (...argv: string[]) => {
  const ran = await runLine(argv)
  return { ...ran, json: ran.json ?? {} }
}
const on = (...argv: string[]) => run('--database-url', url, '--json', ...argv)

beforeAll(() => stock(holdfast, { TEE: { berlin: 10 }, MUG: { berlin: 1 } }))

const commands = commandsOf(buildProgram())

test.each(commands)('$path has help with an example', async ({ path }) => {
  const { exit, out } = await run(...path.split(' '), '--help')
  expect({ exit, example: /Examples?:[\s\S]*holdfast \S/.test(out) }).toEqual({
    ...{ exit: 0, example: true },
  })
})

test('the main help lists the exit codes, and a wrong name leads to the nearest', async () => {
  expect((await run('--help')).out).toContain('Exit codes')
  const wrong = await run('reservve')
  expect(wrong).toMatchObject({ exit: 2, err: expect.stringContaining('Did you mean reserve?') })
  expect(await run('reserve', 'TEE:1', '--buyr', 'x')).toMatchObject({
    ...{ exit: 2, err: expect.stringContaining('Did you mean --buyer?') },
  })
  expect((await run('skus', 'renam', 'A', 'B')).err).toContain('Did you mean rename?')
})

test('wrong usage is an object too, where objects are asked for', async () => {
  for (const line of ['bogus', 'stock set TEE berlin abc', 'reserve TEE', 'ledger --limit x']) {
    expect(await on(...line.split(' '))).toMatchObject({
      ...{ exit: 2, json: { ok: false, error: { code: 'usage' } } },
    })
  }
  expect((await run('start', '--port', '99999')).exit).toBe(2)
  expect((await on('ledger', '--as-of', '2026-01-01', '--order', 'o')).exit).toBe(2)
  expect((await on('tenants', 'set', 'default', '--tracked', 'maybe')).exit).toBe(2)
})

test('the reference names every command and every option, and no other', () => {
  const page = readFileSync(new URL('../../docs/reference/cli.md', import.meta.url), 'utf8')
  // What does something: `ledger` reads, and has a command of its own below it.
  const leaves = commands.filter(
    ({ command }) => '_actionHandler' in command && command._actionHandler,
  )
  const written = [...page.matchAll(/^### `holdfast ([a-z -]+?)(?= [<[]|`)/gm)].map(([, is]) => is)
  expect(written.sort()).toEqual(leaves.map(({ path }) => path).sort())
  const missing = leaves.flatMap(({ path, command }) => {
    const from = page.indexOf(`### \`holdfast ${path}`)
    const section = page.slice(from, page.indexOf('\n#', from + 4))
    const options = command.options.map(option => option.long as string)
    return options.filter(name => !section.includes(`${name}`)).map(name => `${path} ${name}`)
  })
  expect(missing).toEqual([])
})

test('a whole life by commands', async () => {
  const hold = await on('reserve', 'TEE@berlin:3', '--key', 'cli-1')
  expect(hold).toMatchObject({ exit: 0, json: { ok: true, state: 'held' } })
  const id = hold.json['reservation_id'] as string
  expect(await on('reserve', 'TEE@berlin:3', '--key', 'cli-1')).toMatchObject({
    json: { reservation_id: id, replayed: true },
  })
  expect((await on('extend', id, '--order', 'o-1')).exit).toBe(0)
  expect((await on('amend', id, 'TEE@berlin:4')).exit).toBe(0)
  expect((await on('commit', id, '--order', 'o-1')).json['state']).toBe('committed')
  expect((await on('fulfill', id, 'TEE:3')).exit).toBe(0)
  expect((await on('release', id, 'TEE:1')).json['state']).toBe('closed')
  expect((await on('return', id, 'TEE:1', '--state', 'damaged')).exit).toBe(0)
  const ledger = await run('--database-url', url, 'ledger', '--reservation', id)
  expect(ledger.out.split('\n').filter(line => / (commit|fulfill|return) /.test(line)).length).toBe(
    3,
  )
  const verify = await on('verify')
  expect(verify).toMatchObject({ exit: 0, json: { findings: [], levels: 2 } })
  await expectSound(ownerUrl)
})

test('a reservation is found by its order, where the order has just one', async () => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  const { reservation_id } = granted(await holdfast.reserve({ lines }))
  granted(await holdfast.commit({ reservation_id, order_reference: 'o-2' }))
  const shown = await run('--database-url', url, 'reservations', 'list', '--order', 'o-2')
  expect(shown.out).toMatch(new RegExp(`${reservation_id} +committed +o-2 +– +1 +1 +0`))
  expect((await on('reservations', 'show', 'o-2')).json).toMatchObject({ reservation_id })
  expect((await on('promises', 'show', 'o-2')).json).toMatchObject({ promises: [] })
  expect((await on('release', 'o-2')).json).toMatchObject({ reservation_id, state: 'closed' })
  expect((await on('release', 'o-none')).json).toMatchObject({
    refusal: { code: 'reservation_not_found' },
  })
  const other = granted(await holdfast.reserve({ lines })).reservation_id
  granted(await holdfast.commit({ reservation_id: other, order_reference: 'o-2' }))
  expect(await on('release', 'o-2')).toMatchObject({
    ...{ exit: 1, json: { error: { code: 'several_reservations' } } },
  })
  granted(await holdfast.release({ reservation_id: other }))
})

test('stock is shown and changed', async () => {
  expect((await on('stock', 'set', 'MUG', 'berlin', '5')).exit).toBe(0)
  expect((await on('stock', 'receive', 'MUG', 'berlin', '2')).exit).toBe(0)
  expect((await on('stock', 'adjust', 'MUG', 'berlin', '--', '-1')).exit).toBe(0)
  expect(
    (await on('stock', 'move', 'MUG', 'berlin', '1', '--from', 'available', '--to', 'damaged'))
      .exit,
  ).toBe(0)
  expect(await level(holdfast, 'MUG', 'berlin')).toMatchObject({ on_hand: 6, damaged: 1 })
  const shown = await run('--database-url', url, 'stock', 'show', '--sku', 'MUG')
  expect(shown.out).toMatch(/MUG +berlin +6/)
})

test('a refusal is exit 1 with words, an unreachable database exit 3, wrong usage exit 2', async () => {
  const refused = await run('--database-url', url, 'reserve', 'TEE@berlin:1000')
  expect(refused).toMatchObject({ exit: 1, out: expect.stringContaining('asked 1000') })
  for (const url of ['', 'nonsense', 'mysql://root@db/shop']) {
    const unlike = await run('--database-url', url, '--json', 'stock', 'show')
    expect(unlike).toMatchObject({ exit: 2, json: { error: { code: 'usage' } } })
  }
  const dead = await run('--database-url', 'postgres://x@127.0.0.1:1/x', 'stock', 'show')
  expect(dead).toMatchObject({ exit: 3, err: expect.stringContaining('cannot be reached') })
  expect((await run('commit', 'id')).exit).toBe(2)
})

test('what destroys shows itself first, and needs --yes where nobody answers', async () => {
  await holdfast.skus.create({ code: 'OLD' })
  expect((await on('skus', 'archive', 'OLD', '--dry-run')).json).toMatchObject({ dry_run: true })
  expect((await on('skus', 'archive', 'OLD')).exit).toBe(2)
  expect((await on('skus', 'archive', 'NONE', '--dry-run')).exit).toBe(1)
  expect((await on('skus', 'merge', 'OLD', 'NONE', '--dry-run')).exit).toBe(1)
  expect((await on('skus', 'merge', 'OLD', 'MUG', '--yes')).exit).toBe(0)
})

const bad = ['TEE', ':1', 'TEE:', 'TEE:x', 'TEE:NaN', 'TEE:1e21', 'TEE:-1', 'TEE:1.5', 'TEE:0']
test.each([...bad, 'NOPE:1', 'TEE@mars:1', `${'x'.repeat(10_000)}:1`])(
  'reserve %s is no bug and changes nothing',
  async argument => {
    const { version } = await level(holdfast, 'TEE', 'berlin')
    const { exit } = await run('--database-url', url, 'reserve', argument)
    expect([1, 2]).toContain(exit)
    expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ version })
  },
)

test.each(['commit none --order o', 'fulfill none', 'release none', 'return none', 'extend none'])(
  '%s is refused with exit 1',
  async line => {
    expect((await on(...line.split(' '))).json).toMatchObject({
      refusal: { code: 'reservation_not_found' },
    })
  },
)

test('keys, locations, tenants and doctor speak', async () => {
  const made = await on('keys', 'create', 'shop', '--scopes', 'read,sell')
  expect(made.json['key']).toMatch(/^hf_live_/)
  expect((await on('keys', 'revoke', `${made.json['key_id']}`, '--yes')).exit).toBe(0)
  expect((await on('locations', 'create', 'oslo', '--time-zone', 'Europe/Oslo')).exit).toBe(0)
  expect((await on('locations', 'create', 'x', '--time-zone', 'Mars/Base')).exit).toBe(1)
  expect((await on('tenants', 'set', 'default', '--cart-window-seconds', '900')).exit).toBe(0)
  const doctor = await on('doctor')
  expect(doctor.exit).toBe(0)
  const asOwner = await run('--database-url', ownerUrl, '--json', 'doctor')
  expect(asOwner.json['checks']).toContainEqual(
    expect.objectContaining({ check: 'role', state: 'warn' }),
  )
  const dead = await run('--database-url', 'postgres://x@127.0.0.1:1/x', '--json', 'doctor')
  expect(dead).toMatchObject({ exit: 1, json: { state: 'fail' } })
  expect(doctor.json['checks']).toContainEqual(
    expect.objectContaining({ check: 'schema', state: 'ok' }),
  )
})

test('policies, calendars and channels speak', async () => {
  const words = 'backorder_mode=allow backorder_cap=5 lead_days_min=7 lead_days_max=10'.split(' ')
  expect(await on('policies', 'set', '--sku', 'TEE', ...words, '--dry-run')).toMatchObject({
    ...{ exit: 0, json: { rules: [{ changed: true }] } },
  })
  expect((await on('policies', 'set', '--sku', 'TEE', ...words)).exit).toBe(0)
  expect((await on('policies', 'set', '--sku', 'TEE', 'colour=red')).exit).toBe(1)
  expect((await on('policies', 'set', '--sku', 'TEE', 'backorder_cap=-1')).exit).toBe(1)
  expect((await on('policies', 'set', 'backorder_cap')).exit).toBe(2)
  const shown = await run('--database-url', url, 'policies', 'explain', 'TEE')
  expect(shown.out).toMatch(/2\. rule 1: sku TEE/)
  expect(shown.out).toMatch(/backorder_cap +5 +rule 1/)
  expect((await on('policies', 'show', 'NOPE')).exit).toBe(1)
  expect((await on('policies', 'clear', '--sku', 'TEE', '--yes')).exit).toBe(0)
  expect((await on('policies', 'clear', '--sku', 'TEE', '--yes')).exit).toBe(1)
  const history = await run('--database-url', url, 'policies', 'history')
  expect(history.out).toMatch(/sku TEE +backorder_cap=5/)
  expect((await on('calendars', 'create', 'de', '--working-days', '1,2,3,4')).exit).toBe(0)
  expect((await on('calendars', 'create', 'x', '--working-days', '8')).exit).toBe(2)
  expect((await on('calendars', 'add-holiday', 'de', '2027-05-01', 'Labour Day')).exit).toBe(0)
  expect((await on('calendars', 'add-holiday', 'de', '2027-02-29', 'x')).exit).toBe(1)
  const place = await on('locations', 'set', 'oslo', '--calendar', 'de', '--cut-off', '14:00')
  expect(place.json).toMatchObject({ calendar: 'de', cut_off: '14:00' })
  expect((await on('calendars', 'remove', 'de', '--yes')).exit).toBe(1)
  expect((await on('locations', 'set', 'oslo', '--calendar', 'none')).json['calendar']).toBe(null)
  expect((await on('channels', 'create', 'amazon', '--kind', 'marketplace')).exit).toBe(0)
  expect((await on('channels', 'archive', 'amazon', '--yes')).exit).toBe(0)
  expect((await on('channels', 'list', '--archived')).json).toMatchObject({
    data: [{ code: 'amazon' }],
  })
})

test('100 buyers for 10 units: proved, and nothing is left behind', async () => {
  const proof = await on('prove', '--buyers', '100', '--units', '10', '--servers', '2')
  expect(proof).toMatchObject({
    exit: 0,
    json: {
      ...{ buyers: 100, units: 10, servers: 2, sold: 10, refused: 90 },
      ...{ oversold: 0, lost: 0, duplicates: 0, verify: { findings: 0 } },
    },
  })
  expect((await on('prove', '--buyers', '0')).exit).not.toBe(0)
})
