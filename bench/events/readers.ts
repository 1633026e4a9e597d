import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { clock } from '../../src/clock.ts'

export type Told = { id: string; type: string; timestamp: string; data: Record<string, unknown> }

/** What a reader has been told, once for each id, and how old it was then. */
export class Reader {
  readonly held = new Map<unknown, number[]>()
  readonly ages: number[] = []
  readonly #seen = new Set<string>()
  readonly faults: string[] = []
  readonly #reached = new Map<unknown, number>()
  moved = 0
  again = 0

  take(told: Told): void {
    if (this.#seen.has(told.id)) {
      this.again++
      return
    }
    this.#seen.add(told.id)
    this.ages.push(clock.now().getTime() - Date.parse(told.timestamp))
    const { sku, version, from_version } = told.data as Record<string, number>
    if (told.type === 'level.changed') {
      const reached = this.#reached.get(sku)
      if (reached !== undefined && from_version !== reached + 1) {
        this.faults.push(`${sku}: ${reached} is followed by ${from_version}`)
      }
      this.#reached.set(sku, version as number)
    }
    if (told.type !== 'reservation.held') return
    this.moved++
    const before = this.held.get(sku) ?? []
    if (before.length > 0 && version !== (before.at(-1) as number) + 1) {
      this.faults.push(`${sku}: hold ${version} after ${before.at(-1)}`)
    }
    before.push(version as number)
    this.held.set(sku, before)
  }

  /** Ages in milliseconds, of what came since the last call. */
  takeAges(): number[] {
    return this.ages.splice(0).sort((a, b) => a - b)
  }
}

/** Listens to whichever server is alive, from where it was, until it is told to end. */
export const follow = (urlOf: () => string, key: string, reader: Reader): { end: () => void } => {
  let over = false
  let abort = new AbortController()
  let lastId = 'evt_0'
  const once = async (): Promise<void> => {
    abort = new AbortController()
    const response = await fetch(`${urlOf()}/v1/events`, {
      signal: abort.signal,
      headers: {
        ...{ authorization: `Bearer ${key}`, accept: 'text/event-stream' },
        'last-event-id': lastId,
      },
    })
    const decoder = new TextDecoder()
    let rest = ''
    for await (const bytes of response.body ?? []) {
      const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        for (const line of block.split('\n')) {
          if (line.startsWith('id: ')) lastId = line.slice(4)
          if (line.startsWith('data: ')) reader.take(JSON.parse(line.slice(6)) as Told)
        }
      }
    }
  }
  const loop = async (): Promise<void> => {
    while (!over) {
      await once().catch(() => {})
      if (!over) await clock.sleep(50)
    }
  }
  void loop()
  return {
    end: () => {
      over = true
      abort.abort()
    },
  }
}

/** A receiver of webhooks. */
export const openSink = async (reader: Reader): Promise<{ url: string; close: () => void }> => {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', bytes => {
      body += bytes
    })
    request.on('end', () => {
      reader.take(JSON.parse(body) as Told)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/hooks`, close: () => server.closeAllConnections() }
}
