import { kinds } from '../books.ts'
import type { AnsweredLine, Play } from '../rooms.ts'
import { factorOf, type Line } from '../shop.ts'

const setBuffers: Play = {
  verb: 'channels.setBuffers',
  weight: 8,
  writes: true,
  patient: true,
  request: (shop, random) => ({
    lines: [
      {
        ...{ sku: random.pick(shop.skus), location: random.pick(shop.locations) },
        ...{ channel: random.pick(shop.channels), quantity: random.below(6) },
      },
    ],
  }),
  wrong: (call, answer, moved) => {
    const [line] = call.request['lines'] as Line[]
    const [kept] = answer.lines as (AnsweredLine & { size: number; units: number })[]
    const size = (line?.quantity ?? 0) * factorOf(line?.sku ?? '')
    if (kept?.size !== size) return `asked to keep ${size}, answered ${kept?.size}`
    if (kept.units > size) return `${kept.units} are kept of ${size}`
    return moved.some(({ kind }) => kind !== kinds.buffer) ? 'it moved stock' : undefined
  },
}

export const channels: Play[] = [setBuffers]
