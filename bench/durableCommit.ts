import pg from 'pg'
import { clock } from '../src/clock.ts'
import type { BenchDatabase } from './cluster.ts'
import { Latencies } from './latencies.ts'

/** How long one durable commit takes on this disk: one caller, one row, the median. */
export const durableCommit = async ({ owner }: BenchDatabase, seconds: number): Promise<number> => {
  const client = new pg.Client(owner)
  await client.connect()
  await client.query('create table if not exists commits (at timestamptz not null)')
  const insert = { name: 'insert', text: 'insert into commits values (clock_timestamp())' }
  const latencies = new Latencies()
  const endMs = clock.monotonicMs() + seconds * 1000
  for (let from = clock.monotonicMs(); from < endMs; from = clock.monotonicMs()) {
    await client.query(insert)
    latencies.add(clock.monotonicMs() - from)
  }
  await client.end()
  return latencies.at(0.5)
}
