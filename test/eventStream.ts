/** A listener of /v1/events, as a client would write it: it keeps what it hears. */
export type Heard = {
  events: { id: string; type: string; data: Record<string, unknown> }[]
  /** The last id, of an event or a heartbeat. */
  lastId: string | undefined
  ended: boolean
  status: number
  /** Settles when what was heard fits, or fails when the stream ends. */
  until: (fits: () => boolean) => Promise<void>
  close: () => void
}

const parse = (heard: Heard, block: string): void => {
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) heard.lastId = line.slice(4)
    if (line.startsWith('data: ')) heard.events.push(JSON.parse(line.slice(6)))
  }
}

export const listen = async (
  url: string,
  key: string,
  { query = '', lastId }: { query?: string; lastId?: string | undefined } = {},
): Promise<Heard> => {
  const aborted = new AbortController()
  const response = await fetch(`${url}/v1/events${query}`, {
    signal: aborted.signal,
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'text/event-stream',
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    },
  })
  const waiting = new Set<() => void>()
  const heard: Heard = {
    ...{ events: [], lastId, ended: false, status: response.status },
    until: fits =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (fits()) resolve()
          else if (heard.ended) reject(new Error(`ended after ${heard.events.length} events`))
          else return
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      }),
    close: () => aborted.abort(),
  }
  const read = async () => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const bytes of response.body ?? []) {
      const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) parse(heard, block)
      for (const look of waiting) look()
    }
  }
  const end = () => {
    heard.ended = true
    for (const look of waiting) look()
  }
  read().then(end, end)
  return heard
}
