import { randomUUID } from 'node:crypto'
import { clock } from '../../src/clock.ts'
import { cartOf, holdfast, ours } from '../ours.ts'
import type { Scenario } from '../scenario.ts'
import { selling } from '../selling.ts'
import { PLENTY } from './stock.ts'

const stock = { skus: 1, units: PLENTY }
const cart = () => [{ sku: 0, quantity: 1 }]

/** What random ids and client keys cost: beside the same hot SKU with growing ids and no keys. */
const beside = (name: string, title: string, reserve: Parameters<typeof ours>[0]['reserve']) =>
  selling({
    name,
    title: `hot SKU, ${title}`,
    callers: 1_024,
    stock,
    cart,
    sellers: [
      ours({ title, ...(reserve ? { reserve } : {}) }),
      { ...holdfast, name: 'growing_ids', title: 'Holdfast: growing ids, no keys' },
    ],
  })

export const randomIds = beside('hot_random_ids', 'random ids', (holdfast, lines) =>
  holdfast.reserve({ lines: cartOf(lines), id: randomUUID() }),
)

/** As our own client mints them. */
export const clientKeys = beside('hot_client_keys', 'growing client keys', (holdfast, lines) =>
  holdfast.reserve({ lines: cartOf(lines) }, { key: clock.uuid() }),
)

const random = beside('hot_random_keys', 'random client keys', (holdfast, lines) =>
  holdfast.reserve({ lines: cartOf(lines) }, { key: randomUUID() }),
)
export const randomKeys: Scenario = { ...random, once: true }
