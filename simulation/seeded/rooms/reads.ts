import { freeOf } from '../books.ts'
import type { Play } from '../rooms.ts'

/** What a read of levels shows must have been so at the version that it names. */
const levels: Play = {
  verb: 'levels',
  weight: 4,
  writes: false,
  request: (shop, random) => ({ sku: random.pick(shop.skus) }),
  wrong: (_call, answer, _moved, books) => {
    for (const row of answer.data ?? []) {
      const level = `${row['sku']} at ${row['location']}`
      const at = books.at(level, Number(row['version']))
      if (!at) return `${level} never had version ${row['version']}`
      for (const [counter, units] of Object.entries(at)) {
        if (row[counter] !== units) return `${level}: ${counter} ${row[counter]} was ${units}`
      }
      if (row['available'] !== freeOf(at) + Number(row['overdue'])) {
        return `${level}: available ${row['available']} does not add up`
      }
    }
    return undefined
  },
}

const availability: Play = {
  verb: 'availability',
  weight: 3,
  writes: false,
  request: (shop, random) => ({ skus: [random.pick(shop.skus)] }),
  wrong: (_call, answer, _moved, books) => {
    for (const row of answer.data ?? []) {
      for (const place of row['locations'] as { location: string; version: number }[]) {
        const level = `${row['sku']} at ${place.location}`
        if (!books.at(level, place.version)) return `${level} never had version ${place.version}`
      }
    }
    return undefined
  },
}

const reservation: Play = {
  verb: 'reservation',
  weight: 3,
  writes: false,
  request: (shop, random) => {
    const known = shop.someReservation(random)
    return known && { reservation_id: known.reservation_id }
  },
  wrong: (_call, answer, _moved, books) =>
    books.byReservation.has(String(answer.reservation_id))
      ? undefined
      : `reservation ${answer.reservation_id} has no movement in this tenant`,
}

export const reads: Play[] = [levels, availability, reservation]
