import { clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'
import { type Api, type Asked, ask, everyRow, type Given, type Place } from './api.ts'

const LOCATION = 'proof'
const PRIORITY = 9_999 // "anywhere" asks it last

const HINTS: Record<string, string> = {
  no_answer: 'Is the server running there? See: holdfast start',
  unauthenticated: 'Name a key of that installation by --key.',
  forbidden: 'The key needs the scopes read, sell and stock.',
}

const explain = (what: string, { status, body }: Given): HoldfastError => {
  const code = body.code ?? `${status}`
  const known = code === 'unauthenticated' || code === 'forbidden'
  return new HoldfastError(known ? code : 'database_unavailable', {
    message: `The installation would not ${what}: ${body.detail ?? code}`,
    hint: HINTS[code] ?? 'Name the address of a Holdfast server by --url.',
  })
}

/** Does one thing, or throws; refusals of these codes count as done. */
const must = async (api: Api, what: string, path: string, body: object, fine: string[] = []) => {
  const asked: Asked = { method: 'POST', body }
  const given = await ask(api, 0, path, asked)
  if (given.status >= 200 && given.status < 300) return
  if (given.body.code && fine.includes(given.body.code)) return
  throw explain(what, given)
}

/** Makes a fresh SKU with so many units through the API itself. */
export const freshSku = async (api: Api, units: number): Promise<Place> => {
  const sku = `PROOF-${clock.uuid().slice(-12).toUpperCase()}`
  const place = { sku, location: LOCATION }
  const location = { code: LOCATION, priority: PRIORITY }
  await must(api, 'make the location', '/v1/locations', location, ['location_exists'])
  await must(api, 'open the location', `/v1/locations/${LOCATION}/unarchive`, {})
  await must(api, 'make the SKU', '/v1/skus', { code: sku })
  const lines = [{ ...place, quantity: units }]
  await must(api, 'receive the units', '/v1/stock/receive', { lines, document: 'proof' })
  return place
}

/** Leaves nothing to sell behind: holds released, stock gone, SKU and location archived. */
export const cleanUp = async (api: Api, { sku, location }: Place): Promise<void> => {
  const held = await everyRow<{ reservation_id: string }>(api, '/v1/reservations', {
    ...{ sku, state: 'held' },
  })
  await Promise.all(
    held.map(({ reservation_id }, index) =>
      ask(api, index, `/v1/reservations/${reservation_id}/release`, {
        body: { reason: 'end of the proof' },
        key: `proof-end:${reservation_id}`,
      }),
    ),
  )
  const lines = [{ sku, location, quantity: 0 }]
  await must(api, 'take the units off', '/v1/stock/set', { lines, document: 'proof' })
  await must(api, 'archive the SKU', `/v1/skus/${sku}/archive`, {})
  // Another proof may be under way there.
  await must(api, 'archive the location', `/v1/locations/${location}/archive`, {}, [
    'location_in_use',
  ])
}
