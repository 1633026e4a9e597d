import { afterAll, expect, test, vi } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { clock } from '../clock.ts'
import { connect } from '../database/connect.ts'
import { findTenant } from '../tenants/tenants.ts'
import { authenticate } from './authenticate.ts'
import { type CreateKey, keysOf } from './keys.ts'

const { url, ownerUrl, holdfast } = await freshDatabase()
const database = await connect({ connectionString: url })
const elsewhere = await connect({ connectionString: url }) // another process, as far as keys go
const owner = await connect({ config: { connectionString: ownerUrl } })
afterAll(async () => {
  for (const { pool } of [database, elsewhere, owner]) await pool.end()
})
const context = { database, tenant_id: holdfast.tenant_id, tenant: 'default' }
const keys = keysOf(context)

const made = async (request: Partial<CreateKey> = {}) => {
  const answer = await keys.create({ name: 'shop', scopes: ['sell'], mode: 'live', ...request })
  if (!answer.ok || !answer.key) throw new Error('a key was to be made')
  return { ...answer, key: answer.key }
}

test('the text of a key is shown once and only its SHA-256 is kept', async () => {
  const { key, key_id, prefix } = await made({ scopes: ['stock', 'sell', 'sell'] })
  expect(key).toMatch(/^hf_live_1_[A-Za-z0-9_-]{43}$/)
  expect(key.startsWith(prefix)).toBe(true)
  const { rows } = await owner.pool.query(
    `select k.secret_sha256 = sha256(convert_to($1, 'UTF8')) as kept, k::text like '%' || $2 || '%'
      as shown, scopes from holdfast.api_keys k where key_id = $3`,
    [key, key.slice(-30), key_id],
  )
  expect(rows).toEqual([{ kept: true, shown: false, scopes: ['sell', 'stock'] }])
  const listed = await keys.list()
  expect(JSON.stringify(listed)).not.toContain(key.slice(-30))
  expect(listed).toMatchObject({ data: [{ key_id, prefix, mode: 'live', last_used_at: null }] })
})

test('a live key speaks for its tenant, a test key for the sandbox', async () => {
  const live = await made()
  expect(await authenticate(database, live.key)).toEqual({
    tenant_id: context.tenant_id,
    tenant: 'default',
    actor_id: live.key_id,
    scopes: ['sell'],
  })
  const test = await made({ mode: 'test', scopes: ['admin'] })
  const sandbox = await findTenant(database, 'default-test')
  expect(sandbox.tenant_id).not.toBe(context.tenant_id)
  expect(await authenticate(database, test.key)).toMatchObject({
    tenant_id: sandbox.tenant_id,
    tenant: 'default-test',
  })
  const inSandbox = keysOf({ ...context, tenant_id: sandbox.tenant_id })
  expect(await inSandbox.create({ name: 'x', scopes: ['read'], mode: 'live' })).toMatchObject({
    refusal: { code: 'invalid_request' },
  })
})

test('a revoked key is refused at once here, and within a second elsewhere', async () => {
  const { key, key_id } = await made()
  await authenticate(database, key)
  await authenticate(elsewhere, key)
  const late = authenticate(database, key)
  const revoked = await keys.revoke({ key_id: String(key_id) })
  expect(revoked).toMatchObject({ ok: true, revoked_at: expect.any(String) })
  await late.catch(() => {})
  await expect(authenticate(database, key)).rejects.toMatchObject({ code: 'unauthenticated' })
  const now = clock.monotonicMs()
  const later = vi.spyOn(clock, 'monotonicMs').mockReturnValue(now + 1_001)
  await expect(authenticate(elsewhere, key)).rejects.toMatchObject({ code: 'unauthenticated' })
  later.mockRestore()
  expect(await keys.revoke({ key_id })).toEqual(revoked)
  expect(await keys.list({ revoked: true })).toMatchObject({ data: [{ key_id }] })
})

test('what is no key never reaches the database', async () => {
  const query = vi.spyOn(database.pool, 'query')
  const secret = 'x'.repeat(43)
  for (const text of [
    '',
    'hf_live_1_',
    `hf_live_1_${secret}x`,
    `hf_dead_1_${secret}`,
    `hf_live_01_${secret}`,
    `hf_live_zzzzzz_${secret}`,
    `hf_live_A_${secret}`,
    `hf_live_1_${secret.slice(1)}'`,
    `hf_live_1_${secret}\n`,
    'x'.repeat(1_000_000),
  ]) {
    await expect(authenticate(database, text)).rejects.toMatchObject({ code: 'unauthenticated' })
  }
  expect(query).not.toHaveBeenCalled()
  query.mockRestore()
})

test('a key that was never made, or is another tenant’s, is refused', async () => {
  const { key } = await made()
  const other = await keysOf({ ...context, tenant_id: 999 })
  for (const text of [
    `hf_live_1_${'x'.repeat(43)}`,
    key.replace('hf_live_1_', 'hf_live_2_'),
    key.replace('hf_live_', 'hf_test_'),
  ]) {
    await expect(authenticate(database, text)).rejects.toMatchObject({ code: 'unauthenticated' })
  }
  expect(await other.list()).toMatchObject({ data: [] })
})

test('use is noted, at most once a minute', async () => {
  const { key, key_id } = await made()
  const usedAt = async () => {
    const { rows } = await owner.pool.query(
      'select last_used_at::text as at, xmin::text from holdfast.api_keys where key_id = $1',
      [key_id],
    )
    return rows[0]
  }
  await authenticate(database, key)
  const first = await usedAt()
  expect(first.at).toEqual(expect.any(String))
  await authenticate(elsewhere, key)
  expect(await usedAt()).toEqual(first)
})

test('the same idempotency key makes one key, whose text is shown to the first only', async () => {
  const request: CreateKey = { name: 'once', scopes: ['read'], mode: 'live' }
  const first = await keys.create(request, { key: 'k-1' })
  const again = await keys.create(request, { key: 'k-1' })
  if (!first.ok || !again.ok) throw new Error('both are grants')
  expect(again.key_id).toBe(first.key_id)
  expect(again).toMatchObject({ replayed: true })
  expect(again.key).toBeUndefined()
  expect(await keys.create({ ...request, scopes: ['admin'] }, { key: 'k-1' })).toMatchObject({
    refusal: { code: 'idempotency_key_reused' },
  })
})

test.each([
  ['name', { name: '' }],
  ['name', { name: 5 }],
  ['scopes', { scopes: [] }],
  ['scopes', { scopes: ['root'] }],
  ['scopes', { scopes: 'read' }],
  ['mode', { mode: 'dry' }],
  ['mode', { mode: undefined }],
])('a key with a wrong %s is refused: %j', async (field, request) => {
  const whole = { name: 'x', scopes: ['read'], mode: 'live', ...request } as CreateKey
  expect(await keys.create(whole)).toMatchObject({
    refusal: { code: 'invalid_request', field },
  })
})

test.each([0, -1, 1.5, 2 ** 31, 'x', '', Number.NaN])('%j is no key’s id', async key_id => {
  expect(await keys.revoke({ key_id })).toMatchObject({ refusal: { code: 'key_not_found' } })
})
