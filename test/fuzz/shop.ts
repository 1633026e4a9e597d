import type { Holdfast } from '../../src/index.ts'
import type { Described } from '../document.ts'
import { granted, stock } from '../shop.ts'
import type { Names } from './fitting.ts'

// A small shop with something of everything, one for each operation: so operations run side by side,
// and what changed in a shop was changed by its own operation.

export type Shop = { holdfast: Holdfast; key: string; operator: boolean }

const RESERVATIONS = 18

/** The same in every run, so that a seed makes the same requests. */
const reservationId = (shop: number, n: number): string =>
  `0190c5a0-0000-7000-8${shop.toString(16).padStart(3, '0')}-${n.toString(16).padStart(12, '0')}`

/** A third is held, a third committed, a third fulfilled. */
const sell = async (holdfast: Holdfast, shop: number): Promise<void> => {
  const buy = async (n: number): Promise<void> => {
    const reservation_id = reservationId(shop, n)
    const two = [
      { sku: 'TEE', location: 'berlin', quantity: 2 },
      { sku: 'MUG', location: 'paris', quantity: 1 },
    ]
    const lines = n % 2 === 0 ? two : two.slice(0, 1)
    granted(await holdfast.reserve({ lines, id: reservation_id, buyer: 'b', tags: ['a'] }))
    if (n % 3 === 0) return
    granted(await holdfast.commit({ reservation_id, order_reference: `ORDER-${n}` }))
    if (n % 3 === 2) granted(await holdfast.fulfill({ reservation_id }))
  }
  await Promise.all(Array.from({ length: RESERVATIONS }, (_, n) => buy(n)))
}

const furnish = async (holdfast: Holdfast, shop: number): Promise<void> => {
  await stock(holdfast, {
    TEE: { berlin: 200, paris: 5 },
    MUG: { berlin: 10, paris: 100 },
    OTHER: { berlin: 3 },
    PDF: null,
  })
  granted(await holdfast.skus.alias({ sku: 'TEE', alias: 'PACK', factor: 6 }))
  granted(await holdfast.products.create({ handle: 'tee', title: 'Tee', option_names: ['Size'] }))
  const variant = { product: 'tee', sku: 'TEE', option_values: ['M'] }
  granted(await holdfast.variants.create(variant))
  const holidays = [{ day: '2027-12-25', name: 'Christmas' }]
  granted(await holdfast.calendars.create({ code: 'de', holidays }))
  granted(await holdfast.channels.create({ code: 'web' }))
  const expected = { sku: 'MUG', location: 'berlin', quantity: 5, expected_on: '2035-01-01' }
  granted(await holdfast.supply.book({ code: 'PO-1', ...expected }))
  for (const code of ['SET', 'BOX']) granted(await holdfast.skus.create({ code }))
  const components = [
    { sku: 'TEE', quantity: 2 },
    { sku: 'MUG', quantity: 1 },
  ]
  granted(await holdfast.kits.set({ sku: 'SET', components, ships_partial: true }))
  granted(await holdfast.kits.set({ sku: 'BOX', components, assembled: true }))
  granted(await holdfast.kits.build({ sku: 'BOX', location: 'berlin', quantity: 3 }))
  granted(
    await holdfast.policies.set({
      rules: [
        { sku: 'TEE', fields: { hold_seconds: 86_400, backorder_cap: 5 } },
        { location: 'berlin', fields: { safety_stock: 1 } },
        { tier: 'vip', channel: 'web', fields: { scarce_below: 5, scarce_hold_seconds: 80_000 } },
      ],
    }),
  )
  granted(await holdfast.mail.set({ colour: '#0b7285' }))
  granted(await holdfast.mail.sendTest({ to: 'kim@example.com' }))
  granted(await holdfast.notices.set({ email: 'stock@example.com' }))
  await sell(holdfast, shop)
  granted(await holdfast.contacts.set({ order_reference: 'ORDER-1', email: 'kim@example.com' }))
}

/** The names of a shop, by the field that they stand in. */
export const namesOf = (operation: Described, shop: number): Names => {
  const skus = ['TEE', 'TEE', 'MUG', 'OTHER', 'PDF', 'PACK', 'SET', 'BOX']
  const codes: Record<string, string[]> = {
    Locations: ['berlin', 'paris'],
    Calendars: ['de', 'de', 'at'],
    Channels: ['web', 'web', 'pos'],
    Supply: ['PO-1', 'PO-1', 'PO-2'],
    Kits: ['BOX', 'BOX', 'SET', 'TEE'],
    Tenants: ['default', 'fuzz-1', 'fuzz-2'],
  }
  const reservations = Array.from({ length: RESERVATIONS }, (_, n) => reservationId(shop, n))
  return {
    sku: skus,
    into: skus,
    location: ['berlin', 'paris'],
    calendar: ['de'],
    channel: ['web'],
    tier: ['vip'],
    rule: [1, 2, 3],
    day: ['2027-12-25'],
    supply: ['PO-1'],
    notice_id: reservations,
    code: codes[operation.tags[0] ?? ''] ?? skus,
    alias: ['PACK'],
    handle: ['tee'],
    product: ['tee'],
    unit: ['each'],
    time_zone: ['UTC', 'Europe/Berlin'],
    'option_values[]': [['M'], ['L']],
    'to[]': [['M'], ['L']],
    'option_names[]': [['Size']],
    reservation_id: reservations,
    key_id: [1, 2, 3],
    endpoint_id: [1, 2, 3],
    event_id: ['evt_1', 'evt_2'],
    person_id: [1, 2, 3, 4],
    session_id: [1, 2],
    actor: [1, 2],
    mail_id: [1, 2, 3],
    recipient_id: [1, 2, 3],
    order_reference: ['ORDER-1', 'ORDER-2'],
    email: ['kim@example.com', 'stock@example.com'],
    'idempotency-key': ['k-1', 'k-2'],
    'if-match': ['*', 'W/"x"'],
    'if-none-match': ['*', 'W/"x"'],
  }
}

const newKey = async (holdfast: Holdfast): Promise<string> => {
  const made = granted(await holdfast.keys.create({ name: 'all', scopes: ['admin'], mode: 'live' }))
  return made.key as string
}

export const openShop = async (main: Holdfast, shop: number): Promise<Shop> => {
  const code = `fuzz-${shop}`
  granted(await main.tenants.create({ code, name: code }))
  const holdfast = await main.forTenant(code)
  await furnish(holdfast, shop)
  return { holdfast, key: await newKey(holdfast), operator: false }
}

/** The operator's own, for the operations that only it may call; its key comes last of all. */
export const openOperator = async (holdfast: Holdfast): Promise<Shop> => ({
  holdfast,
  key: await newKey(holdfast),
  operator: true,
})
