import { Agent, type IncomingMessage, request as send } from 'node:http'
import type { Heard } from '../document.ts'
import type { Request } from './request.ts'
import { asText, isSendable, urlOf } from './text.ts'

// Requests over real sockets that stay open: fetch would mend what is odd before it is sent.

const SOCKETS_MAX = 24
/** An answer that takes longer is a hang. No test asserts how fast it is. */
const HANG_MS = 60_000

const headersOf = ({ operation, header, raw }: Request): Record<string, string> => {
  const own = Object.entries(header).filter(([, value]) => isSendable(value))
  const [type] = Object.keys(operation.requestBody?.content ?? {})
  return {
    ...Object.fromEntries(own.map(([name, value]) => [name, asText(value)])),
    ...(raw === undefined || type === undefined ? {} : { 'content-type': type }),
  }
}

const read = async (message: IncomingMessage): Promise<Heard> => {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const type = message.headers['content-type'] ?? ''
  return {
    status: message.statusCode ?? 0,
    type,
    body: /json/.test(type) ? JSON.parse(text) : text,
  }
}

export const openWire = (url: string) => {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX })
  const tell = (request: Request, key: string): Promise<Heard> =>
    new Promise((resolve, reject) => {
      const headers = { ...headersOf(request), authorization: `Bearer ${key}` }
      const { method } = request.operation
      const sending = send(url + urlOf(request), { method, headers, agent, timeout: HANG_MS })
      sending.on('response', message => read(message).then(resolve, reject))
      sending.on('timeout', () => sending.destroy(new Error('the server hangs')))
      sending.on('error', reject)
      sending.end(request.raw)
    })
  return { tell, close: () => agent.destroy() }
}
