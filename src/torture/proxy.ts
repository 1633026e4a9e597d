import { createServer, connect as dial, type NetConnectOpts, type Socket } from 'node:net'
import { clock } from '../clock.ts'

/** What happens to one connection on its way, in both directions. */
export type Fate =
  | { kind: 'pass' }
  /** Every piece comes later, in order: by so much, or by anything up to so much. */
  | { kind: 'latency' | 'jitter'; ms: number }
  /** After so many bytes both sides are told at once that it broke. */
  | { kind: 'reset'; after_bytes: number }
  /** After so many bytes nothing comes through any more, and nobody is told. */
  | { kind: 'half_open'; after_bytes: number }
  /** The first call that PostgreSQL hears lacks its last bytes (Sync); then as half_open. */
  | { kind: 'lost_sync' }
  /** After so many bytes it ends in the middle of whatever was said, politely. */
  | { kind: 'truncate'; after_bytes: number }
  /** So few bytes at a time, with a pause after each. */
  | { kind: 'trickle'; bytes: number; ms: number }

export type FateKind = Fate['kind']
export const fateKinds = [
  'pass',
  'latency',
  'jitter',
  'reset',
  'half_open',
  'lost_sync',
  'truncate',
  'trickle',
] as const satisfies FateKind[]

/** A whole number from 0 up to, but not including, `below`. */
export type Random = (below: number) => number

const LATENCY_MS_MAX = 60
const CUT_BYTES_MAX = 3_000
const TRICKLE_BYTES_MAX = 40
/** How a call ends in PostgreSQL's protocol (Message Formats, "Sync"). */
const SYNC = Buffer.from([0x53, 0, 0, 0, 4])

/** Draws what becomes of a connection: so many of a hundred have a fault, of one of these kinds. */
export const drawFate = (
  random: Random,
  percent: number,
  kinds: readonly FateKind[] = fateKinds,
): Fate => {
  if (random(100) >= percent) return { kind: 'pass' }
  const kind = kinds[random(kinds.length)] ?? 'pass'
  switch (kind) {
    case 'pass':
    case 'lost_sync':
      return { kind }
    case 'latency':
    case 'jitter':
      return { kind, ms: 1 + random(LATENCY_MS_MAX) }
    case 'trickle':
      return { kind, bytes: 1 + random(TRICKLE_BYTES_MAX), ms: 1 + random(3) }
    default:
      return { kind, after_bytes: random(CUT_BYTES_MAX) }
  }
}

/** A connection through the proxy: both sockets, what becomes of it, and what has passed. */
class Link {
  readonly #near: Socket
  readonly #far: Socket
  readonly #fate: Fate
  readonly #random: Random
  #bytes = 0
  #silent = false

  constructor(near: Socket, far: Socket, fate: Fate, random: Random) {
    this.#near = near
    this.#far = far
    this.#fate = fate
    this.#random = random
    for (const socket of [near, far]) {
      socket.setNoDelay(true)
      socket.on('error', () => {}) // its end is what the other side hears
    }
  }

  carry(): Promise<unknown> {
    return Promise.all([this.#carry(this.#near, this.#far), this.#carry(this.#far, this.#near)])
  }

  silence(): void {
    this.#silent = true
  }

  cut(): void {
    this.#near.destroy()
    this.#far.destroy()
  }

  async #carry(from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from) await this.#pass(chunk as Buffer, to)
      if (!this.#silent) to.end()
    } catch {
      if (!this.#silent) this.cut()
    }
  }

  async #pass(chunk: Buffer, to: Socket): Promise<void> {
    if (this.#silent) return
    const fate = this.#fate
    if (fate.kind === 'latency') await clock.sleep(fate.ms)
    if (fate.kind === 'jitter') await clock.sleep(this.#random(fate.ms + 1))
    if (fate.kind === 'lost_sync' && chunk.subarray(-SYNC.length).equals(SYNC)) {
      await write(to, chunk.subarray(0, -SYNC.length))
      return this.#break(fate.kind)
    }
    if (fate.kind === 'trickle') return this.#trickle(chunk, to, fate)
    const left = 'after_bytes' in fate ? fate.after_bytes - this.#bytes : chunk.length
    this.#bytes += chunk.length
    if (left >= chunk.length) return write(to, chunk)
    if (left > 0) await write(to, chunk.subarray(0, left))
    this.#break(fate.kind)
  }

  #break(kind: FateKind): void {
    if (kind === 'half_open' || kind === 'lost_sync') {
      this.#silent = true
    } else if (kind === 'reset') {
      this.#near.resetAndDestroy()
      this.#far.resetAndDestroy()
    } else {
      this.#near.end()
      this.#far.end()
      this.#silent = true
    }
  }

  async #trickle(chunk: Buffer, to: Socket, fate: { bytes: number; ms: number }): Promise<void> {
    for (let at = 0; at < chunk.length && !to.destroyed; at += fate.bytes) {
      await write(to, chunk.subarray(at, at + fate.bytes))
      await clock.sleep(fate.ms)
    }
  }
}

const write = (to: Socket, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    if (to.destroyed) reject(new Error('the other side is gone'))
    else to.write(chunk, error => (error ? reject(error) : resolve()))
  })

export type TcpProxy = {
  port: number
  /** Where new connections lead; undefined: they are refused. May change at any time. */
  target: NetConnectOpts | undefined
  /** Decides what becomes of each new connection. */
  fate: () => Fate
  /** How many connections had each fate. */
  fates: Record<FateKind, number>
  /** Connections that are open now. */
  open(): number
  /** Makes all that is open half-open. */
  silence(): void
  /** Breaks all that is open, half-open ones too; new ones may come. */
  cut(): void
  close(): Promise<void>
}

/** A TCP proxy on 127.0.0.1 that does to each connection what is drawn for it. */
export const startProxy = async (
  target: NetConnectOpts | undefined,
  random: Random,
  fate: () => Fate = () => ({ kind: 'pass' }),
): Promise<TcpProxy> => {
  const links = new Set<Link>()
  const fates = Object.fromEntries(fateKinds.map(kind => [kind, 0])) as Record<FateKind, number>
  const server = createServer(near => {
    near.on('error', () => {})
    if (!proxy.target) return void near.resetAndDestroy()
    const drawn = proxy.fate()
    fates[drawn.kind]++
    const link = new Link(near, dial(proxy.target), drawn, random)
    links.add(link)
    void link.carry().finally(() => links.delete(link))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const link of links) link.cut()
  }
  const proxy: TcpProxy = {
    port: (server.address() as { port: number }).port,
    target,
    fate,
    fates,
    open: () => links.size,
    silence: () => {
      for (const link of links) link.silence()
    },
    cut,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        cut()
      }),
  }
  return proxy
}
