import assert from 'node:assert/strict'
import { ask, patienceFor } from '../database/ask.ts'
import type { Database } from '../database/connect.ts'
import { engineSchema } from '../database/statements.ts'
import type { Answer } from '../refusals.ts'
import type { Operation } from './operation.ts'

const LOCK_TIMEOUT = '50ms'
const text = `select array_to_json(
  ${engineSchema}.run_flush($1, $2, $3::jsonb, $4))::text as answers`

/** Sends one flush through the frame of every write: the careful path. */
export const runFlush = async (
  database: Database,
  operations: Operation[],
  lockTimeout = LOCK_TIMEOUT,
): Promise<Answer<object>[]> => {
  const { tenant_id, verb } = operations[0] as Operation
  const requests = JSON.stringify(operations.map(operation => operation.request))
  const values = [tenant_id, verb, requests, lockTimeout]
  const query = { name: 'run_flush', text, values }
  const { rows } = await ask<{ answers: string }>(database, query, patienceFor(requests.length))
  const answers: Answer<object>[] = JSON.parse(rows[0]?.answers ?? '[]')
  assert.equal(answers.length, operations.length, 'a flush answers every request exactly once')
  return answers
}
