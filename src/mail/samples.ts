import type { Facts } from './facts.ts'
import type { Template } from './letters.ts'

// Facts for looking at a mail before there is one: those of the demo's goods.

const tee = { sku: 'HARBOUR-TEE-M-NAVY', title: 'Harbour tee, M / Navy' }
const barometer = { sku: 'BAROMETER', title: 'Barometer' }

export const samples: Record<Template, Facts> = {
  promise_moved: {
    order_reference: 'ORDER-1001',
    lines: [
      {
        ...tee,
        quantity: 2,
        old: { from: '2026-12-08', to: '2026-12-11' },
        new: { from: '2026-12-15', to: '2026-12-18' },
      },
    ],
    silence_default: 'keep',
    answer_by: '2026-12-12',
  },
  backorder_allocated: {
    order_reference: 'ORDER-1001',
    lines: [
      { ...tee, quantity: 2 },
      { ...barometer, quantity: 1 },
    ],
  },
  shortage: {
    lines: [
      {
        ...tee,
        location: 'hamburg',
        missing: 3,
        newest: [{ order_reference: 'ORDER-1001' }, { order_reference: 'ORDER-0997' }],
      },
    ],
  },
  low: { lines: [{ ...barometer, location: 'rotterdam', sellable: 4, low_stock_threshold: 5 }] },
  out: {
    lines: [
      { ...tee, location: 'hamburg' },
      { ...barometer, location: 'pier-7' },
    ],
  },
  webhook_paused: {
    lines: [
      { url: 'https://shop.example.com/hooks/holdfast', failing_since: '2026-12-01T09:30:00Z' },
    ],
  },
  test: {},
}
