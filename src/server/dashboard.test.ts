import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request as send } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { createServer } from './server.ts'

const { holdfast } = await freshDatabase()
const outside = mkdtempSync(join(tmpdir(), 'holdfast-dashboard-'))
const folder = join(outside, 'dashboard')
const INDEX =
  '<!doctype html><title>Holdfast</title><script type="module" src="/assets/a-Bc3dEf9h.js"></script>'
const CODE = 'console.info("dashboard")\n'.repeat(50)
const app = await createServer({ holdfast, dashboard: folder })
const base = await app.listen({ host: '127.0.0.1', port: 0 })
const none = await createServer({ holdfast, dashboard: join(outside, 'nowhere') })

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const get = (path: string, headers: Record<string, string> = {}) => fetch(base + path, { headers })

beforeAll(async () => {
  expect((await get('/', browser)).status).toBe(200) // before it was built: the plain page
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(outside, 'secret.js'), 'nobody reads this')
  writeFileSync(join(folder, 'index.html'), INDEX)
  writeFileSync(join(folder, 'assets/a-Bc3dEf9h.js'), CODE)
  writeFileSync(join(folder, 'assets/a-Bc3dEf9h.js.gz'), gzipSync(CODE))
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(folder, 'notes.exe'), 'no type of ours')
  symlinkSync(join(outside, 'secret.js'), join(folder, 'assets/linked.js'))
})
afterAll(async () => {
  await app.close()
  await none.close()
  rmSync(outside, { recursive: true })
})

test.each(['/', '/inventory', '/skus/HARBOUR-TEE', '/join'])('%s is the page', async path => {
  const answer = await get(path, browser)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe(INDEX)
  expect(answer.headers.get('cache-control')).toBe('no-cache')
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("style-src 'self';")
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
  const etag = answer.headers.get('etag') as string
  expect((await get(path, { ...browser, 'if-none-match': etag })).status).toBe(304)
})

test('a file with its hash in the name is kept for ever, and comes zipped where that is taken', async () => {
  const plain = await get('/assets/a-Bc3dEf9h.js', { 'accept-encoding': 'identity' })
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(plain.headers.get('cache-control')).toContain('immutable')
  expect(plain.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  const zipped = await get('/assets/a-Bc3dEf9h.js', { 'accept-encoding': 'gzip, br' })
  expect(zipped.headers.get('content-encoding')).toBe('gzip')
  expect(zipped.headers.get('vary')).toContain('accept-encoding')
  expect(await zipped.text()).toBe(CODE)
  const refused = await get('/assets/a-Bc3dEf9h.js', { 'accept-encoding': 'gzip;q=0' })
  expect(refused.headers.get('content-encoding')).toBeNull()
})

test('a program that asks for no page gets none, nor does the API', async () => {
  for (const path of ['/inventory', '/assets/gone-Bc3dEf9h.js', '/favicon.png']) {
    const { status, headers } = await get(path, { accept: 'application/json' })
    expect([path, status, headers.get('content-type')]).toEqual([
      ...[path, 404, 'application/problem+json; charset=utf-8'],
    ])
  }
  for (const path of ['/v1/nothing', '/docs/nothing', '/assets/gone.js', '/v1', '/metrics/x']) {
    expect((await get(path, browser)).status, path).toBe(404)
  }
  expect((await fetch(`${base}/inventory`, { method: 'POST', headers: browser })).status).toBe(404)
  expect((await fetch(`${base}/inventory`, { method: 'HEAD', headers: browser })).status).toBe(200)
})

/** As it stands on the wire: fetch would mend the path. */
const raw = (path: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(base)
    const asked = send({ host: '127.0.0.1', port, path, headers: { accept: '*/*' } }, answer => {
      let text = ''
      answer.on('data', chunk => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end()
  })

test.each([
  '/../secret.js',
  '/assets/../../secret.js',
  '/assets/..%2f..%2fsecret.js',
  '/%2e%2e/secret.js',
  '/assets\\..\\..\\secret.js',
  '/assets/linked.js',
  '//etc/passwd',
  '/assets/a-Bc3dEf9h.js%00.html',
  '/assets/',
  '/notes.exe',
  '/assets/a-Bc3dEf9h.js.gz',
])('%s leads nowhere', async path => {
  const { status, text } = await raw(path)
  expect([400, 404]).toContain(status)
  expect(text).not.toContain('nobody reads this')
})

test('without a dashboard there is a plain page, which says so', async () => {
  const answer = await none.inject({ url: '/', headers: browser })
  expect(answer.statusCode).toBe(200)
  expect(answer.body).toContain('was not built')
  expect((await none.inject({ url: '/inventory', headers: browser })).statusCode).toBe(404)
})
