import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startServer } from '../../test/http.ts'
import type { Holdfast } from '../holdfast.ts'
import type { Limits } from './limits.ts'
import { loggerOf } from './log.ts'

// What a busy or broken library does to the door; a real one cannot be made to stall on demand.
const stalling = () => {
  let release = () => {}
  const stalled = new Promise<void>(resolve => {
    release = resolve
  })
  let begun = 0
  const library = {
    keys: { authenticate: async () => ({ tenant: 'a', key_id: 1, scopes: ['admin'] }) },
    forTenant: async () => library,
    levels: async () => {
      begun++
      await stalled
      return { data: [], next_cursor: null }
    },
    reservations: async () => {
      throw new TypeError('a bug of ours')
    },
  }
  return { holdfast: library as unknown as Holdfast, release, begun: () => begun }
}

const lines: string[] = []
const logger = loggerOf({ stream: { write: (line: string) => void lines.push(line) } })

const startStalling = async (limits: Limits = {}) => {
  const library = stalling()
  const server = await startServer({ holdfast: library.holdfast, limits, logger }, 'hf_live_secret')
  return { ...library, ...server }
}

test('too many at once are answered 503 with Retry-After, health still answers', async () => {
  const server = await startStalling({ pending_max: 3 })
  const waiting = [1, 2, 3].map(() => server.call('GET', '/v1/levels'))
  while (server.begun() < 3) await sleep(1)
  const refused = await server.call('GET', '/v1/levels')
  expect(refused.status).toBe(503)
  expect(refused.body.code).toBe('overloaded')
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  expect((await server.call('GET', '/healthz')).status).toBe(200)
  expect((await server.call('GET', '/metrics')).body).toContain('holdfast_http_pending 3')
  server.release()
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await server.call('GET', '/v1/levels')).status).toBe(200)
  await server.close()
})

test('a reader who leaves is counted until the call has ended', async () => {
  const server = await startStalling({ pending_max: 1 })
  const left = new AbortController()
  const headers = { authorization: 'Bearer hf_live_secret' }
  const gone = fetch(`${server.url}/v1/levels`, { headers, signal: left.signal }).catch(
    () => 'left',
  )
  while (server.begun() < 1) await sleep(1)
  left.abort()
  expect(await gone).toBe('left')
  await sleep(50)
  expect((await server.call('GET', '/v1/levels')).status).toBe(503)
  server.release()
  await sleep(50)
  expect((await server.call('GET', '/v1/levels')).status).toBe(200)
  await server.close()
})

test('a call that takes too long is answered 504', async () => {
  const server = await startStalling({ deadline_ms: 50 })
  const late = await server.call('GET', '/v1/levels')
  expect(late.status).toBe(504)
  expect(late.body).toMatchObject({ code: 'deadline_exceeded', retryable: true })
  server.release()
  await server.close()
})

test('a bug is answered 500 without its text, and logged with the request id', async () => {
  const server = await startStalling()
  const failed = await server.call('GET', '/v1/reservations')
  expect(failed.status).toBe(500)
  expect(failed.body.code).toBe('broken_invariant')
  expect(JSON.stringify(failed.body)).not.toContain('a bug of ours')
  const line = lines.find(each => each.includes('a bug of ours'))
  expect(line).toContain(failed.body.request_id)
  expect(lines.join('')).not.toContain('hf_live_secret')
  await server.close()
})

test('what is no HTTP, or has endless headers, is answered with a problem', async () => {
  const server = await startStalling()
  const port = Number(new URL(server.url).port)
  const talk = (text: string) =>
    new Promise<string>(resolve => {
      let heard = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      socket.on('data', data => {
        heard += data
      })
      socket.on('close', () => resolve(heard))
    })
  expect(await talk('nonsense\r\n\r\n')).toContain('application/problem+json')
  const long = `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`
  expect(await talk(long)).toContain('431')
  await server.close()
})

test('closing lets a call in flight end first', async () => {
  const server = await startStalling()
  const waiting = server.call('GET', '/v1/levels')
  while (server.begun() < 1) await sleep(1)
  const closing = server.close()
  server.release()
  expect((await waiting).status).toBe(200)
  await closing
})
