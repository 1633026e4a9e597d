import { createServer, type Socket } from 'node:net'

/** A mail as an SMTP server takes it. */
export type Taken = { from: string; to: string[]; raw: string }

export type Sink = {
  url: string
  taken: Taken[]
  /** What to answer to a command instead; undefined: as usual. */
  answer: (command: string, mail: Taken) => string | undefined
  close: () => Promise<void>
}

const between = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? ''

/** Speaks as much SMTP as takes mails: each command in its own line, a mail until its lone dot. */
const talk = (socket: Socket, sink: Sink): void => {
  let heard = ''
  let inData = false
  let mail: Taken = { from: '', to: [], raw: '' }
  const say = (line: string) => socket.write(`${line}\r\n`)

  const command = (line: string): void => {
    const word = line.split(/[ :]/, 1)[0]?.toUpperCase()
    if (word === 'MAIL') mail = { from: between(line), to: [], raw: '' }
    const other = sink.answer(line, mail)
    if (other === 'hang up') return void socket.destroy()
    if (other !== undefined) return void say(other)
    if (word === 'RCPT') mail.to.push(between(line))
    if (word === 'DATA') inData = true
    if (word === 'QUIT') return void socket.end('221 bye\r\n')
    say(word === 'DATA' ? '354 go on' : '250 ok')
  }

  const hear = (): void => {
    const end = inData ? heard.indexOf('\r\n.\r\n') : heard.indexOf('\r\n')
    if (end < 0) return
    const text = heard.slice(0, end)
    heard = heard.slice(end + (inData ? 5 : 2))
    if (inData) {
      inData = false
      sink.taken.push({ ...mail, raw: text.replaceAll('\r\n.', '\r\n') })
      const other = sink.answer('TAKEN', mail)
      if (other === 'hang up') return void socket.destroy()
      say(other ?? '250 taken')
    } else command(text)
    hear()
  }

  socket.on('error', () => {})
  socket.on('data', chunk => {
    heard += chunk.toString('latin1')
    hear()
  })
  say('220 sink')
}

/** A small SMTP server on this machine that keeps what it is sent. */
export const startSink = async (): Promise<Sink> => {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    talk(socket, sink)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const sink: Sink = {
    url: `smtp://127.0.0.1:${port}`,
    taken: [],
    answer: () => undefined,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
  return sink
}

/** The header of a mail, with folded lines in one. */
export const headerOf = (raw: string, name: string): string => {
  const head = raw.split('\r\n\r\n', 1)[0]?.replaceAll(/\r?\n[ \t]+/g, ' ') ?? ''
  const line = head.split(/\r?\n/).find(each => each.toLowerCase().startsWith(`${name}:`))
  return decoded(line?.slice(name.length + 1).trim() ?? '')
}

/** RFC 2047: words of other letters in a header. */
const decoded = (text: string): string =>
  text
    .replaceAll(/\?= +=\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString()
        : quoted(word.replaceAll('_', ' ')),
    )

const quoted = (text: string): string =>
  Buffer.from(
    text
      .replaceAll(/=\r?\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    'latin1',
  ).toString()

/** A part of a mail, decoded: `plain` or `html`. */
export const partOf = (raw: string, kind: 'plain' | 'html'): string => {
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1] ?? ''
  const part = raw.split(`--${boundary}`).find(each => each.includes(`text/${kind}`)) ?? ''
  const at = part.search(/\r?\n\r?\n/)
  const body = part.slice(at).trim()
  if (/base64/i.test(part.slice(0, at))) return Buffer.from(body, 'base64').toString()
  return /quoted-printable/i.test(part.slice(0, at)) ? quoted(body) : body
}
