import { ask } from '../database/ask.ts'
import type { Database } from '../database/connect.ts'
import { plainList, textList } from '../database/lists.ts'
import { engineSchema } from '../database/statements.ts'
import type { FastWay } from '../engine/batcher.ts'
import type { Engine } from '../engine/engine.ts'
import { keyColumns, keyedOf, withNewKeys } from '../engine/keyed.ts'
import type { FastChange } from '../engine/operation.ts'
import type { Answer } from '../refusals.ts'
import type { CartLine, ReservationGrant } from './grant.ts'

const KINDS = { commit: 3, fulfill: 4, release: 5 } as const
const LOCK_TIMEOUT = '50ms'
const text = `select * from ${engineSchema}.change_fast(
  $1, $2, $3, $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[],
  $10::text[], $11::int[], $12::text[], $13::jsonb, $14::int[])`

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const PLAIN_FIELDS = new Set(['reservation_id', 'lines', 'order_reference', 'reason', 'document'])
const PLAIN_LINE_FIELDS = new Set(['sku', 'location', 'quantity'])
const TEXT_MAX = 255
const UNITS_MAX = 1e12

type ChangeRequest = {
  reservation_id: string
  lines?: CartLine[]
  order_reference?: string
  reason?: string
  document?: string
}

const isText = (value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && value !== '' && value.length <= TEXT_MAX)

const isPlainLine = (line: CartLine | undefined): boolean =>
  typeof line === 'object' &&
  line !== null &&
  Object.keys(line).every(field => PLAIN_LINE_FIELDS.has(field)) &&
  typeof line.sku === 'string' &&
  line.location !== 'anywhere' &&
  isText(line.location ?? undefined) &&
  Number.isSafeInteger(line.quantity) &&
  line.quantity >= 1 &&
  line.quantity <= UNITS_MAX

/** The plain form of a request; undefined where the careful path has to decide. */
export const fastChange = (
  { context }: Engine,
  request: ChangeRequest,
  key: string | undefined,
): FastChange | undefined => {
  const { reservation_id, lines, order_reference, reason, document } = request
  const plain =
    Object.keys(request).every(field => PLAIN_FIELDS.has(field)) &&
    typeof reservation_id === 'string' &&
    UUID.test(reservation_id) &&
    isText(order_reference) &&
    isText(reason) &&
    isText(document) &&
    (lines === undefined || (Array.isArray(lines) && lines.length === 1 && isPlainLine(lines[0])))
  if (!plain) return undefined
  const [line] = lines ?? []
  return {
    reservation_id,
    units: line?.quantity ?? null,
    sku: line?.sku ?? null,
    location: line?.location ?? null,
    order_reference: order_reference ?? null,
    reason: reason ?? null,
    document: document ?? null,
    actor_id: context.actor_id ?? null,
    keyed: keyedOf(key, request),
  }
}

type Row = {
  place: number
  version: string
  sku: string
  location: string
  quantity: string
  held: string
  committed: string
  fulfilled: string
  released: string
  expired: string
  returned: string
  expires_at: Date | null
  order_reference: string | null
}

/** In the order in which jsonb keeps it: what a key repeats is the same to the letter. */
const grantOf = (reservation_id: string, row: Row): Answer<ReservationGrant> => {
  const held = Number(row.held)
  const committed = Number(row.committed)
  return {
    ok: true,
    lines: [
      {
        sku: row.sku,
        held,
        line: 1,
        part: 0,
        expired: Number(row.expired),
        version: Number(row.version),
        location: row.location,
        quantity: Number(row.quantity),
        released: Number(row.released),
        returned: Number(row.returned),
        committed,
        fulfilled: Number(row.fulfilled),
      },
    ],
    state: held > 0 ? 'held' : committed > 0 ? 'committed' : 'closed',
    expires_at: held > 0 && row.expires_at ? row.expires_at.toISOString() : null,
    reservation_id,
    order_reference: row.order_reference,
  }
}

/**
 * Sends a flush of plain commits, fulfillments or releases by the fast path. Those that turn out
 * not to be plain are left to the careful path.
 */
export const changeFast = (database: Database, verb: keyof typeof KINDS): FastWay => ({
  answer: async operations => {
    const tenantId = operations[0]?.tenant_id as number
    const changes = operations.map(operation => operation.fast as FastChange)
    const answers = new Map<FastChange, Answer<object>>()
    const { calls, result } = await withNewKeys(changes, some =>
      change(database, tenantId, KINDS[verb], some),
    )
    for (const row of result ?? []) {
      const done = calls[row.place - 1] as FastChange
      answers.set(done, grantOf(done.reservation_id.toLowerCase(), row))
    }
    return changes.map(wanted => answers.get(wanted) ?? 'go')
  },
})

const change = async (
  database: Database,
  tenantId: number,
  kind: number,
  changes: FastChange[],
): Promise<Row[]> => {
  const { keys, contents, places } = keyColumns(changes)
  const { rows } = await ask<Row>(database, {
    name: 'change_fast',
    text,
    values: [
      tenantId,
      kind,
      LOCK_TIMEOUT,
      plainList(changes.map(wanted => wanted.reservation_id)),
      plainList(changes.map(wanted => wanted.units)),
      textList(changes.map(wanted => wanted.sku)),
      textList(changes.map(wanted => wanted.location)),
      textList(changes.map(wanted => wanted.order_reference)),
      textList(changes.map(wanted => wanted.reason)),
      textList(changes.map(wanted => wanted.document)),
      plainList(changes.map(wanted => wanted.actor_id)),
      textList(keys),
      contents,
      plainList(places),
    ],
  })
  return rows
}
