import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type StorefrontPages = {
  url: string
  /** Every request to the API, as its method and path. */
  asked: string[]
  /** While true nobody answers the API, and streams are cut. */
  gone: boolean
  /** Puts a page at a path, with these headers. */
  put: (path: string, body: string, headers?: Record<string, string>) => void
  close: () => Promise<void>
}

/** A shop: its own pages, and the API behind the same origin, which can go away and come back. */
export const storefrontPages = async (
  api: string,
  assets: Record<string, string>,
): Promise<StorefrontPages> => {
  const target = new URL(api)
  const pages = new Map<string, { body: string; headers: Record<string, string> }>()
  const asked: string[] = []
  const streams = new Set<Socket>()
  let gone = false

  const forward = (incoming: IncomingMessage, response: ServerResponse) => {
    streams.add(incoming.socket)
    incoming.socket.once('close', () => streams.delete(incoming.socket))
    const { method, url: path, headers } = incoming
    const passed = send(
      { host: target.hostname, port: target.port, method, path, headers },
      answer => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      },
    )
    passed.on('error', () => incoming.socket.destroy())
    response.on('close', () => passed.destroy())
    incoming.pipe(passed)
  }

  const server = createServer((incoming, response) => {
    const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/'
    if (path.startsWith('/v1/')) {
      asked.push(`${incoming.method} ${path}`)
      return gone ? incoming.socket.destroy() : forward(incoming, response)
    }
    const page = pages.get(path)
    if (!page) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers })
    response.end(page.body)
  })
  const put: StorefrontPages['put'] = (path, body, headers = {}) =>
    pages.set(path, { body, headers })
  for (const [path, body] of Object.entries(assets)) {
    put(path, body, { 'content-type': 'text/javascript; charset=utf-8' })
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    get gone() {
      return gone
    },
    set gone(now) {
      gone = now
      if (gone) for (const socket of streams) socket.destroy()
    },
    put,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
