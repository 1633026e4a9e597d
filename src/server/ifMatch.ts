import type { FastifyRequest } from 'fastify'
import type pg from 'pg'
import type { TSchema } from 'typebox'
import { write } from '../database/call.ts'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import { type Refusal, refusals } from '../refusals.ts'
import { etagOf, matches } from './etag.ts'
import type { Call, Route } from './route.ts'

type AnyCall = Call<TSchema, TSchema, TSchema>
type AnyAnswer = { ok?: boolean; replayed?: boolean; refusal?: Refusal }

/** What shows a resource under a lock that every write of it takes first. */
const lockers = { reservation: 'lock_reservation', sku: 'lock_sku_for_match' } as const

const failed = (etag: string): AnyAnswer => ({
  ok: false,
  refusal: { code: 'precondition_failed', message: refusals.precondition_failed, etag },
})

const decide = async (
  client: pg.PoolClient,
  route: Route,
  holdfast: Holdfast,
  call: AnyCall,
  header: string,
): Promise<AnyAnswer> => {
  const { database, tenant_id } = holdfast.context
  const locker = lockers[route.if_match as keyof typeof lockers]
  const transaction = { transaction: client }
  const shown = await write<object>(database, tenant_id, locker, call.params as object, transaction)
  if (!shown.ok) return shown
  const etag = etagOf(shown)
  const fits = matches(header, etag)
  // A repeated call must get its first answer, though that very call has changed the ETag.
  if (!fits && call.options.key === undefined) return failed(etag)
  const options = { ...call.options, ...transaction }
  const answer = (await route.call(holdfast, { ...call, options })) as AnyAnswer
  return fits || answer.replayed === true ? answer : failed(etag)
}

const inTransaction = async (
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<AnyAnswer>,
): Promise<AnyAnswer> => {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const answer = await work(client)
    await client.query(answer.ok === false ? 'rollback' : 'commit')
    return answer
  } catch (error) {
    await client.query('rollback').catch(failure => {
      broken = failure as Error
    })
    throw error
  } finally {
    client.release(broken)
  }
}

const ATTEMPTS_MAX = 5

/** Makes the call; where the request has If-Match, only if the resource is still that one. */
export const guarded = async (
  request: FastifyRequest,
  route: Route,
  holdfast: Holdfast,
  call: AnyCall,
): Promise<unknown> => {
  const header = request.headers['if-match']
  if (route.if_match === undefined || header === undefined) return route.call(holdfast, call)
  for (let attempt = 1; ; attempt++) {
    try {
      const { pool } = holdfast.context.database
      return await inTransaction(pool, client => decide(client, route, holdfast, call, header))
    } catch (error) {
      const again = error instanceof HoldfastError && error.code === 'busy'
      if (!again || attempt === ATTEMPTS_MAX) throw error
    }
  }
}
