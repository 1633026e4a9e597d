import { expect, test } from 'vitest'
import { poolOf } from '../../test/pool.ts'
import { clock } from '../clock.ts'
import { Batcher } from './batcher.ts'
import { fail, type Operation } from './operation.ts'

/** A driver that fails: what the simulation does to all verbs, here for the batcher alone. */
const batcherOn = (query: () => Promise<{ rows: object[] }>): Batcher => {
  const pool = poolOf(query)
  return new Batcher({ database: { pool, owned: false, direct: false }, fastWays: {}, clock })
}

const pushed = (batcher: Batcher) => {
  let operation: Operation | undefined
  const answer = new Promise((resolve, reject) => {
    operation = {
      ...{ tenant_id: 1, verb: 'reserve', request: {}, alone_by: [], attempts: 0, done: false },
      ...{ resolve, reject },
    }
    batcher.push(operation)
  })
  return { answer, operation: operation as unknown as Operation }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

test('a flush that the driver gave up may have had its effect, and is not sent again', async () => {
  for (const message of ['Query read timeout', 'Connection terminated unexpectedly']) {
    let sent = 0
    const batcher = batcherOn(async () => {
      sent++
      throw new Error(message)
    })
    const answers = [pushed(batcher), pushed(batcher)].map(({ answer }) => answer)
    for (const ended of await Promise.allSettled(answers)) {
      expect(ended).toMatchObject({ reason: { code: 'database_unavailable' } })
    }
    expect(sent).toBe(2) // the planner's statistics, and the flush
  }
})

test('an answer that cannot be read is not asked for again', async () => {
  let sent = 0
  const batcher = batcherOn(async () => {
    sent++
    return { rows: [{ answers: '[]' }] }
  })
  const answers = [pushed(batcher), pushed(batcher)].map(({ answer }) => answer)
  const ended = await Promise.allSettled(answers)
  expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(sent).toBe(2)
})

test('one request that PostgreSQL refuses does not fail its neighbours', async () => {
  const batcher = batcherOn(async (...[query]: { values?: unknown[] }[]) => {
    const requests = JSON.parse(String(query?.values?.[2] ?? '[]')) as { bad?: true }[]
    if (requests.some(({ bad }) => bad)) {
      throw Object.assign(new Error('refused'), { code: '22P05', severity: 'ERROR' })
    }
    return { rows: [{ answers: JSON.stringify(requests.map(() => ({ ok: true }))) }] }
  })
  const good = pushed(batcher)
  const bad = pushed(batcher)
  bad.operation.request['bad'] = true
  await expect(good.answer).resolves.toEqual({ ok: true })
  await expect(bad.answer).rejects.toThrow('refused')
})

test('calls whose deadline has passed are not counted as waiting', async () => {
  const answers: (() => void)[] = []
  const rows = [{ answers: '[{"ok":true}]' }]
  const batcher = batcherOn(() => new Promise(resolve => answers.push(() => resolve({ rows }))))
  const first = pushed(batcher)
  await turn()
  const second = pushed(batcher)
  second.answer.catch(() => {})
  fail(second.operation, new Error('too late'))
  expect(batcher.stats()).toMatchObject({ waiting: 1, in_flight: 1 })
  for (const answer of answers) answer()
  await expect(first.answer).resolves.toEqual({ ok: true })
  await turn()
  expect(batcher.stats()).toMatchObject({ waiting: 0, in_flight: 0 })
})
