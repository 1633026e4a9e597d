import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import pg from 'pg'
import { expect, test } from 'vitest'
import { emptyDatabase, freshDatabase } from '../../test/database.ts'
import { HoldfastError } from '../errors.ts'
import { serve } from './serve.ts'

const { url: connectionString, holdfast } = await freshDatabase()

const keyOf = async (): Promise<string> => {
  const made = await holdfast.keys.create({ name: 'k', scopes: ['admin'], mode: 'live' })
  return made.ok && made.key ? made.key : ''
}

test('a server opens its own library, tells where it listens, and closes both', async () => {
  const serving = await serve({ connectionString, port: 0 })
  expect(serving.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const authorization = `Bearer ${await keyOf()}`
  await fetch(`${serving.url}/v1/reservations`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', 'idempotency-key': 'a' },
    body: JSON.stringify({ lines: [{ sku: 'NONE', quantity: 1 }] }),
  })
  const metrics = await (await fetch(`${serving.url}/metrics`)).text()
  expect(metrics).toContain('holdfast_flush_size_count{verb="reserve"} 1')
  expect(metrics).toMatch(/holdfast_engine_waiting 0/)
  await serving.close()
  await expect(fetch(`${serving.url}/healthz`)).rejects.toThrow()
})

test('a port that is taken is told, and nothing stays open', async () => {
  const first = await serve({ connectionString, port: 0 })
  const port = Number(new URL(first.url).port)
  await expect(serve({ connectionString, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await first.close()
})

test('a schema that was never migrated is not served', async () => {
  const { ownerUrl } = await emptyDatabase()
  const refused = serve({ connectionString: ownerUrl, port: 0 })
  await expect(refused).rejects.toBeInstanceOf(HoldfastError)
  await expect(refused).rejects.toMatchObject({ code: 'migration_required' })
})

/** Stands between server and database, and can be cut. */
const cutLine = async () => {
  const { host, port, user, database } = new pg.Client(connectionString)
  const place = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  const sockets = new Set<Socket>()
  const line = createServer(near => {
    const far = connect(place)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>(resolve => line.listen(0, '127.0.0.1', resolve))
  const { port: at } = line.address() as AddressInfo
  const cut = () => {
    line.close()
    for (const socket of sockets) socket.destroy()
  }
  return { cut, url: `postgres://${user}@127.0.0.1:${at}/${database}` }
}

test('without its database a server is alive, not ready, and asks to call again', async () => {
  const line = await cutLine()
  const serving = await serve({ connectionString: line.url, port: 0 })
  const authorization = `Bearer ${await keyOf()}`
  const levels = () => fetch(`${serving.url}/v1/levels`, { headers: { authorization } })
  expect((await levels()).status).toBe(200)
  expect((await fetch(`${serving.url}/readyz`)).status).toBe(200)
  line.cut()
  expect((await fetch(`${serving.url}/healthz`)).status).toBe(200)
  expect((await fetch(`${serving.url}/readyz`)).status).toBe(503)
  const refused = await levels()
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await refused.json()).toMatchObject({ code: 'database_unavailable', retryable: true })
  await serving.close()
})
