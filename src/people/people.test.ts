import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const { people, sessions } = holdfast
const knock = { address: '192.0.2.7', agent: 'test' }
const PASSWORD = 'three brass lamps'
await stock(holdfast, { TEE: { berlin: 10, paris: 10 } })

const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})

const linkOf = async (person_id: number) => granted(await people.link({ person_id })).link

test('the first owner comes by a link, of which there is one use and one winner', async () => {
  const first = granted(await people.ownerLink())
  const second = granted(await people.ownerLink()) // another server has started meanwhile
  expect(await people.lookAtLink(first)).toMatchObject({ tenant: 'default', email: null })
  expect(await people.join({ ...first, password: PASSWORD }, knock)).toEqual(
    refused('invalid_request', { field: 'email' }),
  )
  const owners = await Promise.all(
    [first, second, first].map(({ link }, n) =>
      people.join({ link, password: PASSWORD, email: `owner${n}@shop.example` }, knock),
    ),
  )
  expect(owners.map(outcome).sort()).toEqual(['link_not_found', 'link_not_found', 'ok'])
  expect(await people.ownerLink()).toEqual(refused('owner_exists'))
  expect(await people.list()).toMatchObject({ data: [{ role: 'admin', joined: true }] })
  const begun = owners.find(answer => answer.ok)
  const caller = await sessions.authenticate(granted(begun ?? (refused('none') as never)).session)
  expect(caller).toMatchObject({ tenant: 'default', scopes: ['read', 'sell', 'stock', 'admin'] })
})

test('somebody asked in joins by their link, and by no older one', async () => {
  const email = 'Ana@Shop.Example'
  const ana = granted(await people.invite({ email, role: 'stock_keeper', locations: ['berlin'] }))
  expect(ana).toMatchObject({ email: 'ana@shop.example', name: 'ana', joined: false })
  expect(await people.invite({ email, role: 'viewer' })).toEqual(refused('person_exists'))
  const newer = await linkOf(ana.person_id)
  const join = { password: PASSWORD, name: 'Ana' }
  expect(await people.join({ link: ana.link as string, ...join }, knock)).toEqual(
    refused('link_not_found'),
  )
  granted(await people.join({ link: newer, ...join }, knock))
  expect(await people.get(ana)).toMatchObject({ name: 'Ana', joined: true, locations: ['berlin'] })
})

test('a link is too old after three days', async () => {
  const { link } = granted(await people.invite({ email: 'late@shop.example', role: 'viewer' }))
  await shiftClock(ownerUrl, '3 days 1 second')
  expect(await people.lookAtLink({ link: link as string })).toEqual(refused('link_not_found'))
  await shiftClock(ownerUrl, '0')
  expect(outcome(await people.lookAtLink({ link: link as string }))).toBe('ok')
})

test.each(['', 'hf_link_1_x', `hf_link_1_${'x'.repeat(43)}`, `hf_link_zz_${'x'.repeat(43)}`])(
  '%j opens nothing',
  async link => {
    expect(await people.lookAtLink({ link })).toEqual(refused('link_not_found'))
    expect(await people.join({ link, password: PASSWORD }, knock)).toEqual(
      refused('link_not_found'),
    )
  },
)

test.each(['short', '1234567890', 'aaaaaaaaaaaa', 'password1234', 'weak@shop.example'])(
  '%s is too easy to guess',
  async password => {
    const email = 'weak@shop.example'
    await people.invite({ email, role: 'viewer' })
    const { data } = granted(await people.list({ q: 'weak@' }))
    const link = await linkOf(data[0]?.person_id as number)
    expect(await people.join({ link, password }, knock)).toEqual(refused('weak_password'))
  },
)

test('the last admin stays, however two who are asked race', async () => {
  const [owner] = granted(await people.list({ role: 'admin' })).data
  const { person_id } = owner as { person_id: number }
  expect(await people.remove({ person_id })).toEqual(refused('last_admin'))
  expect(await people.update({ person_id, role: 'viewer' })).toEqual(refused('last_admin'))
  const other = granted(await people.invite({ email: 'two@shop.example', role: 'admin' }))
  expect(await people.remove({ person_id })).toEqual(refused('last_admin')) // never joined
  granted(await people.join({ link: other.link as string, password: PASSWORD }, knock))
  const both = await Promise.all([people.remove({ person_id }), people.remove(other)])
  expect(both.map(outcome).sort()).toEqual(['last_admin', 'ok'])
})

test('who is shown out is out at once, and the address is free', async () => {
  const email = 'out@shop.example'
  const out = granted(await people.invite({ email, role: 'seller' }))
  const { session } = granted(
    await people.join({ link: out.link as string, password: PASSWORD }, knock),
  )
  await sessions.authenticate(session)
  granted(await people.remove(out))
  await expect(sessions.authenticate(session)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await sessions.signIn({ email, password: PASSWORD }, knock)).toEqual(
    refused('wrong_password'),
  )
  expect(await people.remove(out)).toEqual(refused('person_not_found'))
  const again = granted(await people.invite({ email, role: 'viewer' }))
  expect(again.person_id).not.toBe(out.person_id)
})

test('who is bound to Berlin changes no stock in Paris, by no verb', async () => {
  const { data } = granted(await holdfast.locations.list({ q: 'berlin' }))
  expect(data).toHaveLength(1)
  const [row] = await asOwner(
    ownerUrl,
    `select location_ids as only_locations from holdfast.people where email = 'ana@shop.example'`,
  )
  const ana = await holdfast.forTenant('default', row as { only_locations: number[] })
  const at = (location: string) => ({ lines: [{ sku: 'TEE', location, quantity: 1 }] })
  const shift = (location: string) => ({
    lines: [{ sku: 'TEE', location, quantity: 1, from: 'available', to: 'damaged' } as const],
  })
  const verbs = [
    (place: string) => ana.adjust(at(place)),
    (place: string) => ana.set(at(place)),
    (place: string) => ana.receive(at(place)),
    (place: string) => ana.move(shift(place)),
  ]
  for (const verb of verbs) {
    expect(await verb('paris')).toEqual(refused('not_your_location', { location: 'paris' }))
    expect(outcome(await verb('berlin'))).toBe('ok')
  }
  const both = { lines: [...at('berlin').lines, ...at('paris').lines], mode: 'each' as const }
  expect(await ana.adjust(both)).toEqual(refused('not_your_location', { line: 2 }))
})

test.each([
  ['email', { email: 'nobody' }],
  ['email', { email: '' }],
  ['role', { role: 'king' }],
  ['role', { role: undefined }],
  ['locations', { locations: 'berlin' }],
  ['locations', { role: 'admin', locations: ['berlin'] }],
  ['name', { name: ' ' }],
  ['language', { language: 'de' }],
])('a person with a wrong %s is refused: %j', async (field, request) => {
  const whole = { email: 'x@shop.example', role: 'viewer', ...request }
  expect(await people.invite(whole as never)).toEqual(refused('invalid_request', { field }))
})

test('a location that is not there is told', async () => {
  const request = { email: 'x@shop.example', role: 'viewer' as const, locations: ['mars'] }
  expect(await people.invite(request)).toEqual(refused('unknown_location', { location: 'mars' }))
})

test('numbers of the ledger lead to keys and people, and to nobody else’s', async () => {
  const key = granted(await holdfast.keys.create({ name: 'shop', scopes: ['read'], mode: 'live' }))
  const ana = granted(await people.list({ q: 'ana@' })).data[0] as { person_id: number }
  const actors = [key.key_id, ana.person_id, 999_999]
  expect(granted(await people.actors({ actors })).data).toEqual(
    expect.arrayContaining([
      { actor_id: key.key_id, kind: 'key', name: 'shop' },
      { actor_id: ana.person_id, kind: 'person', name: 'Ana' },
    ]),
  )
  granted(await holdfast.tenants.create({ code: 'other' }))
  const other = await holdfast.forTenant('other')
  expect(granted(await other.people.actors({ actors })).data).toEqual([])
  expect(granted(await other.people.list()).data).toEqual([])
})

test('the log tells who changed whom, without a secret, and nobody can change it', async () => {
  const rows = await asOwner(ownerUrl, 'select * from holdfast.audit_log order by entry_id')
  const actions = rows.map(({ action }) => action)
  for (const action of ['join', 'create_person', 'create_link', 'remove_person', 'create_key']) {
    expect(actions).toContain(action)
  }
  expect(JSON.stringify(rows)).not.toMatch(/scrypt|hf_link|hf_session|sha256|brass/)
  const { pool } = holdfast.context.database
  for (const text of [
    'update holdfast.audit_log set facts = $1',
    'delete from holdfast.audit_log',
  ]) {
    await expect(pool.query(text.replace('$1', `'{}'`))).rejects.toMatchObject({ code: '42501' })
  }
  const listed = granted(await holdfast.auditLog.list({ action: 'join', limit: 2 }))
  expect(listed.data).toHaveLength(2)
  expect(listed.data[0]).toMatchObject({ action: 'join', address: '192.0.2.7' })
})
