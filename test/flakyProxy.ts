import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What happens to one call on its way: nothing, or a fault before or after the server decided. */
export type Fate = 'pass' | 'reset' | 'reply_lost' | 'unavailable' | 'slow' | 'html'

export type FlakyProxy = {
  url: string
  /** The fates of the next calls, in order; then all pass. */
  fates: Fate[]
  /** The Idempotency-Key of every call that arrived. */
  keys: (string | undefined)[]
  close: () => Promise<void>
}

const SLOW_MS = 1_500

const forward = (target: URL, incoming: IncomingMessage, done: (answer: IncomingMessage) => void) =>
  incoming.pipe(
    send(
      {
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      done,
    ),
  )

const passOn = (answer: IncomingMessage, response: ServerResponse) => {
  response.writeHead(answer.statusCode ?? 500, answer.headers)
  answer.pipe(response)
}

/** Stands between client and server, and does to each call what it is told. */
export const flakyProxy = async (serverUrl: string): Promise<FlakyProxy> => {
  const target = new URL(serverUrl)
  const fates: Fate[] = []
  const keys: (string | undefined)[] = []
  const act: Record<Fate, (incoming: IncomingMessage, response: ServerResponse) => void> = {
    pass: (incoming, response) => forward(target, incoming, answer => passOn(answer, response)),
    reset: incoming => incoming.socket.destroy(),
    reply_lost: incoming =>
      forward(target, incoming, answer => {
        answer.resume()
        answer.on('end', () => incoming.socket.destroy())
      }),
    unavailable: (incoming, response) => {
      incoming.resume()
      response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain' }).end('later')
    },
    slow: (incoming, response) =>
      forward(target, incoming, answer => setTimeout(() => passOn(answer, response), SLOW_MS)),
    html: (incoming, response) => {
      incoming.resume()
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
    },
  }
  const server = createServer((incoming, response) => {
    const key = incoming.headers['idempotency-key']
    keys.push(typeof key === 'string' ? key : undefined)
    act[fates.shift() ?? 'pass'](incoming, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    fates,
    keys,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
