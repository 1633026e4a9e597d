import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, level, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const { channels } = holdfast
const RUNS = Number(process.env['HOLDFAST_STORMS'] ?? 8)
const SEED = Number(process.env['HOLDFAST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const KEPT = ['a', 'b'] as const

for (const code of KEPT) await channels.create({ code })

const seller = fc.constantFrom('a', 'b', undefined)
const few = fc.integer({ min: 1, max: 6 })
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('hold'), by: seller, units: few }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('release'), units: few }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('commit'), units: few }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('lapse') }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('receive'), units: few }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('count'), units: few }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('keep'), by: fc.constantFrom(...KEPT), units: few }),
  },
)
type Step = { does: string; by?: 'a' | 'b' | undefined; units?: number }

let made = 0
let hours = 0

/** One SKU's life: whatever happens, nobody sells what is kept for another. */
const live = async (steps: Step[]): Promise<void> => {
  const sku = `STORM-${made++}`
  await stock(holdfast, { [sku]: { berlin: 10 } })
  const holds: string[] = []
  const sellableOf = async (channel?: string): Promise<number> =>
    granted(await holdfast.availability({ skus: [sku], channel })).data[0]?.sellable as number
  const at = { sku, location: 'berlin' }
  const does: Record<string, (step: Step) => Promise<unknown>> = {
    hold: async ({ by, units = 1 }) => {
      const may = await sellableOf(by)
      const answer = await holdfast.reserve({
        ...(by && { channel: by }),
        lines: [{ ...at, quantity: units }],
      })
      expect([by, units, may, outcome(answer)]).toEqual([
        ...[by, units, may],
        units <= may ? 'ok' : 'insufficient_stock',
      ])
      if (answer.ok) holds.push(answer.reservation_id)
    },
    release: async ({ units = 1 }) => {
      const id = holds[units]
      if (id) await holdfast.release({ reservation_id: id })
    },
    commit: async ({ units = 1 }) => {
      const id = holds[units]
      if (id) await holdfast.commit({ reservation_id: id, order_reference: `${sku}-${id}` })
    },
    lapse: () => shiftClock(ownerUrl, `${++hours} hours`),
    receive: ({ units = 1 }) => holdfast.receive({ lines: [{ ...at, quantity: units }] }),
    count: async ({ units = 1 }) => {
      const { on_hand } = await level(holdfast, sku, 'berlin')
      return holdfast.set({ lines: [{ ...at, quantity: Math.max(0, on_hand - units) }] })
    },
    keep: ({ by, units = 1 }) =>
      channels.setBuffers({ lines: [{ ...at, channel: by as 'a', quantity: units - 1 }] }),
  }
  for (const each of steps) {
    await does[each.does]?.(each)
    const [row] = await asOwner(
      ownerUrl,
      `select l.buffered::int, l.buffer_size::int, holdfast_engine_1.sellable(l)::int as free
       from holdfast.levels l join holdfast.skus s using (tenant_id, sku_id) where s.code = $1`,
      [sku],
    )
    const { buffered, buffer_size, free } = row as Record<string, number>
    // Whatever is free for all is so only where the buffers are full.
    expect(buffered === buffer_size || (free as number) <= 0).toBe(true)
  }
  expect((await holdfast.verify()).findings).toEqual([])
}

test(
  'whatever happens to a SKU, each channel sells what it is told it may, and buffers come first',
  () =>
    fc.assert(fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40 }), live), {
      numRuns: RUNS,
      seed: SEED,
      endOnFailure: true,
    }),
  600_000,
)
