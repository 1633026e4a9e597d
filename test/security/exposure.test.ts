import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHoldfast } from '../../src/index.ts'
import { type Serving, serve } from '../../src/server/serve.ts'
import { createServer } from '../../src/server/server.ts'
import { freshDatabase } from '../database.ts'
import { type Document, operationsOf } from '../document.ts'
import { read, source, withoutComments } from '../houseFiles.ts'
import { asOwner, granted, stock } from '../shop.ts'

// API7 to API9: what the server says of itself, in headers, errors and logs, and where it listens.

const PASSWORD = 'p4ssw0rd-in-the-url'
const { holdfast, url, ownerUrl } = await freshDatabase()
const lines: string[] = []
let serving: Serving
let key = ''

const withPassword = (address: string): string => {
  const named = new URL(address)
  named.password = PASSWORD
  return named.href
}

const get = (path: string, init: RequestInit = {}) =>
  fetch(serving.url + path, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Bearer ${key}`, ...init.headers },
  })

beforeAll(async () => {
  const made = await holdfast.keys.create({ name: 'all', scopes: ['admin'], mode: 'live' })
  key = granted(made).key as string
  await stock(holdfast, { TEE: { berlin: 10 } })
  const stream = { write: (line: string) => void lines.push(line) }
  const log = { level: 'trace', stream }
  serving = await serve({ connectionString: withPassword(url), port: 0, log })
})
afterAll(() => serving.close())

/** Every kind of answer that there is. */
const answers = async (): Promise<Response[]> => {
  const document = (await (await get('/openapi.json')).json()) as Document
  const json = { 'content-type': 'application/json' }
  return Promise.all([
    ...operationsOf(document).map(({ method, path }) =>
      get(path.replaceAll(/\{\w+\}/g, 'x'), {
        method,
        ...(method === 'GET' ? {} : { headers: json, body: '{}' }),
      }),
    ),
    ...['/', '/docs', '/docs/api', '/docs/errors', '/docs/errors/busy', '/openapi.json'].map(path =>
      get(path),
    ),
    ...['/docs/assets/start.js', '/healthz', '/readyz', '/metrics', '/nowhere'].map(path =>
      get(path),
    ),
    get('/v1/skus', { headers: { authorization: 'Bearer x' } }),
    get('/v1/skus', { method: 'PUT' }),
    get('/v1/skus', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } }),
    get('/%zz'),
    get('/v1/skus', { method: 'POST', headers: json, body: '{' }),
  ])
}

test('API8: every answer has its security headers, and none says what we are made of', async () => {
  for (const { url: path, status, headers } of await answers()) {
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
    expect(headers.get('x-frame-options'), path).toBe('DENY')
    expect(headers.get('referrer-policy'), path).toBe('no-referrer')
    expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
    expect(headers.get('content-security-policy'), path).toContain("default-src 'none'")
    if (!path.includes('/docs/assets/')) {
      const page = ['/', '/docs'].includes(new URL(path).pathname) // asked again each time
      expect(page ? ['no-store', 'no-cache'] : ['no-store'], path).toContain(
        headers.get('cache-control'),
      )
    }
    expect(headers.get('x-powered-by') ?? headers.get('server'), path).toBeNull()
    expect(headers.get('access-control-allow-origin'), `${path} ${status}`).toBeNull()
  }
})

test('API8: no answer has a stack, a path of this machine, or words of the database', async () => {
  for (const answer of await answers()) {
    if (answer.url.includes('/docs/')) continue
    const text = await answer.text()
    expect(text).not.toMatch(/\bat \S+ \(|node_modules|\/src\/|node:internal|pg_catalog/)
    expect(text).not.toContain(PASSWORD)
    expect(text).not.toContain(key)
  }
})

test.each(['PUT', 'OPTIONS', 'PROPFIND'])('API8: %s is no method of ours', async method => {
  expect((await get('/v1/keys', { method })).status).toBeGreaterThanOrEqual(404)
})

test('no line of a log, at its most talkative, has a key, a hash, a body or a password', async () => {
  await answers()
  const made = await get('/v1/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"shown-once","scopes":["read"]}',
  })
  const created = (await made.json()) as { key: string }
  await asOwner(ownerUrl, 'alter table holdfast.skus rename to skus_away')
  expect((await get('/v1/skus')).status).toBeGreaterThanOrEqual(500)
  await asOwner(ownerUrl, 'alter table holdfast.skus_away rename to skus')
  const [hash] = await asOwner(
    ownerUrl,
    `select encode(secret_sha256, 'hex') as hex from holdfast.api_keys where name = 'all'`,
  )
  const all = lines.join('')
  expect(lines.length).toBeGreaterThan(60)
  expect(all).toContain('"failed"')
  for (const secret of [
    key,
    created.key,
    PASSWORD,
    String(hash?.['hex']),
    'shown-once',
    'Bearer',
  ]) {
    expect(all).not.toContain(secret)
  }
})

test.each([
  `postgres://user:${PASSWORD}@127.0.0.1:1/nowhere`,
  `postgres://user:${PASSWORD}@no host at all:99999999/x`,
  `postgres://user:${PASSWORD}@127.0.0.1:1,127.0.0.1:2/x`,
  `user=x password=${PASSWORD} host=127.0.0.1 port=1`,
  `postgres://user:${PASSWORD}@[::zz]/x`,
])('an error that a database cannot be reached does not tell its password: %#', async address => {
  const error = await openHoldfast({ connectionString: address }).catch(thrown => thrown)
  expect(error).toBeInstanceOf(Error)
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(PASSWORD)
  expect(JSON.stringify(error)).not.toContain(PASSWORD)
})

test('API7: the server asks nobody: no address that a caller names is ever called', () => {
  // The command line calls our own server, and the pages of the demo store run in a browser.
  const doors = /^src\/(cli|prove|torture|demo\/store\/page)\/|^client\/|\.test\.ts$/
  const asking = source
    .filter(path => !doors.test(path) && path.startsWith('src/'))
    .filter(path =>
      /\bfetch\(|http\.(request|get)\(|undici|net\.connect/.test(withoutComments(path)),
    )
  expect(asking).toEqual([])
})

/** The paths of a router's tree, as it prints itself. */
const pathsOf = (tree: string): string[] => {
  const above: string[] = []
  return [...tree.matchAll(/^([│ ]*)[├└]── (\S+) \(/gm)].map(([, indent = '', part = '']) => {
    above.splice(indent.length / 4, above.length, part)
    return above
      .join('')
      .replace('//', '/')
      .replaceAll(/:(\w+)/g, '{$1}')
  })
}

test('API9: what is served beside the document is named in SECURITY.md, and needs no key', async () => {
  const app = await createServer({ holdfast })
  await app.ready()
  const named = new Set(operationsOf(app.swagger() as unknown as Document).map(({ path }) => path))
  const open = pathsOf(app.printRoutes({ commonPrefix: false })).filter(path => !named.has(path))
  await app.close()
  const first = open.map(path => path.split('/', 2).join('/'))
  expect([...new Set(first)].sort()).toEqual(
    [
      '/',
      '/answer',
      '/docs',
      '/element.js',
      '/healthz',
      '/metrics',
      '/openapi.json',
      '/readyz',
    ].sort(),
  )
  const page = read('SECURITY.md')
  expect([...new Set(first)].filter(path => !page.includes(`\`${path}\``))).toEqual([])
})
