import Type from 'typebox'
import { clock } from '../../src/clock.ts'
import { openHoldfast } from '../../src/index.ts'
import { Reserve } from '../../src/reservations/shapes.ts'
import { gathered } from '../../src/server/auth.ts'
import { CallLimit } from '../../src/server/callLimit.ts'
import { newMetrics } from '../../src/server/metrics.ts'
import { mount } from '../../src/server/mount.ts'
import { Recent } from '../../src/server/recent.ts'
import { route } from '../../src/server/route.ts'
import { createServer } from '../../src/server/server.ts'
import { AvailabilityQuery } from '../../src/stock/shapes.ts'

// The product's own server, with two routes more that do nothing: they authenticate, validate and
// answer as their neighbours do, so that the difference is what the database costs.

const tag = 'Benchmark'
const HOLD_SECONDS = 1_800
const DEADLINE_MS = 20_000

/** Validates a cart and grants it, without any stock. */
const grantEverything = route({
  method: 'POST',
  url: '/v1/noop/reservations',
  scope: 'sell',
  tag,
  operation: 'noop_reserve',
  summary: 'Grant without a database',
  body: Reserve,
  status: 201,
  answer: Type.Ref('ReservationAnswer#'),
  call: async (_holdfast, { body }) => ({
    ok: true,
    reservation_id: clock.uuid(),
    state: 'held',
    expires_at: new Date(clock.now().getTime() + HOLD_SECONDS * 1000).toISOString(),
    order_reference: null,
    lines: body.lines.map(({ sku, location = null, quantity }, index) => ({
      ...{ line: index + 1, part: 0, sku, location, quantity, held: quantity },
      ...{ committed: 0, fulfilled: 0, released: 0, expired: 0, returned: 0, version: 1 },
    })),
  }),
})

const bytes = new Map<string, Promise<string>>()

/** Sends the bytes that the true answer had when it was asked first. */
const sendSameBytes = route({
  method: 'GET',
  url: '/v1/noop/availability',
  scope: 'read',
  tag,
  operation: 'noop_availability',
  summary: 'Send the same bytes without a database',
  query: AvailabilityQuery,
  answer: Type.Ref('Availability#'),
  call: (holdfast, { query: { sku } }) => {
    const skus = [sku].flat()
    const name = skus.join()
    const found =
      bytes.get(name) ?? holdfast.availability({ skus }).then(each => JSON.stringify(each))
    bytes.set(name, found)
    return found
  },
})

const [connectionString] = process.argv.slice(2)
const metrics = newMetrics()
const holdfast = await openHoldfast({
  connectionString: connectionString as string,
  observer: metrics.observer,
})
const app = await createServer({ holdfast, metrics })
const mounting = {
  recent: new Recent(),
  authenticates: {
    key: gathered(key => holdfast.keys.authenticate(key)),
    session: gathered(session => holdfast.sessions.authenticate(session)),
    publishable: gathered(key => holdfast.publishableKeys.authenticate(key)),
  },
  limit: new CallLimit(),
  library: holdfast,
  open: async () => holdfast,
  operator: holdfast.tenant,
  metrics,
  deadline_ms: DEADLINE_MS,
  runs: () => {}, // what does nothing has ended before its reader could leave
}
await app.register(async scope => {
  for (const each of [grantEverything, sendSameBytes]) mount(scope, each, mounting)
})
await app.listen({ host: '127.0.0.1', port: 0 })

const close = async (): Promise<void> => {
  await app.close()
  await holdfast.close()
  process.exit(0)
}
process.once('disconnect', close) // whoever started this is gone
process.once('SIGTERM', close)
process.send?.({ port: (app.server.address() as { port: number }).port })
