import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Got = { headers: IncomingHttpHeaders; body: string; path: string }
export type SinkAnswer = { status: number; headers?: Record<string, string>; body?: string }

export type Sink = {
  url: string
  got: Got[]
  /** What it answers; a function decides for each message. */
  answer: (got: Got, count: number) => SinkAnswer | 'never' | 'endless' | 'slow' | 'hang_up'
  until: (fits: () => boolean) => Promise<void>
  close: () => Promise<void>
}

/** A receiver of webhooks on this machine, which answers as it is told to. */
export const openSink = async (): Promise<Sink> => {
  const waiting = new Set<() => void>()
  const sink: Sink = {
    url: '',
    got: [],
    answer: () => ({ status: 204 }),
    until: fits =>
      new Promise(resolve => {
        const look = () => {
          if (!fits()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', bytes => {
      body += bytes
    })
    request.on('end', () => {
      const got = { headers: request.headers, body, path: request.url ?? '' }
      sink.got.push(got)
      const answer = sink.answer(got, sink.got.length)
      if (answer === 'hang_up') request.socket.destroy()
      else if (answer === 'slow' || answer === 'endless') {
        response.writeHead(200)
        const letters = answer === 'slow' ? 'x' : 'x'.repeat(65_536)
        const timer = setInterval(() => response.write(letters), answer === 'slow' ? 20 : 1)
        response.on('close', () => clearInterval(timer))
      } else if (answer !== 'never') {
        response.writeHead(answer.status, answer.headers)
        response.end(answer.body)
      }
      for (const look of waiting) look()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  sink.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
  return sink
}
