import { connect, type Socket } from 'node:net'

export type Answered = { status: number; body: Buffer }
export type KeepAlive = { send(request: string): Promise<Answered>; close(): void }

const HEAD_END = '\r\n\r\n'
const HEAD = /^HTTP\/1\.1 (\d{3})[\s\S]*?content-length: (\d+)/i

/** The first whole answer of these bytes; undefined when more are to come. */
const parse = (bytes: Buffer): Answered | undefined => {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return undefined
  const [, status, length] = HEAD.exec(bytes.toString('latin1', 0, end)) ?? []
  if (!status || !length) throw new Error(`No length: ${bytes.toString('latin1', 0, end)}`)
  const from = end + HEAD_END.length
  if (bytes.length < from + Number(length)) return undefined
  return { status: Number(status), body: bytes.subarray(from, from + Number(length)) }
}

type Waiting = { resolve(answer: Answered): void; reject(error: unknown): void }

/**
 * One connection that stays open, one request at a time. A general client costs as much CPU as the
 * server that is to be measured; this one costs a fifth of it.
 */
export const keepAlive = (port: number): Promise<KeepAlive> =>
  new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let waiting: Waiting | undefined
    let bytes: Buffer = Buffer.alloc(0)
    const settle = (by: (waiting: Waiting) => void): void => {
      const settled = waiting
      waiting = undefined
      if (settled) by(settled)
    }
    socket.on('data', chunk => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
      try {
        const answer = parse(bytes)
        if (!answer) return
        bytes = Buffer.alloc(0)
        settle(({ resolve }) => resolve(answer))
      } catch (error) {
        settle(({ reject }) => reject(error))
      }
    })
    socket.on('error', error => {
      reject(error)
      settle(({ reject }) => reject(error))
    })
    socket.on('close', () => settle(({ reject }) => reject(new Error('The server hung up.'))))
    socket.on('connect', () =>
      resolve({
        send: request =>
          new Promise((resolve, reject) => {
            waiting = { resolve, reject }
            socket.write(request)
          }),
        close: () => socket.destroy(),
      }),
    )
  })

/** A request as it goes over the wire. */
export const requestOf = (options: {
  method: 'GET' | 'POST'
  path: string
  key: string
  body?: object
}): string => {
  const { method, path, key, body } = options
  const text = body === undefined ? '' : JSON.stringify(body)
  const head = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${key}`,
    ...(text ? ['content-type: application/json', `content-length: ${text.length}`] : []),
  ]
  return `${head.join('\r\n')}${HEAD_END}${text}`
}
