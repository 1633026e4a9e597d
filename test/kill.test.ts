import { randomInt } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { type EmbeddedPostgres, startPostgres } from '../embedded/src/index.ts'
import { migrate } from '../src/database/migrate.ts'
import { randomOf } from '../src/demo/random.ts'
import { openHoldfast } from '../src/index.ts'
import { startServer } from '../src/prove/servers.ts'
import { ownDatabase } from '../src/torture/ownDatabase.ts'
import { recoveries } from '../src/torture/report.ts'
import { torture } from '../src/torture/torture.ts'
import { builtCommand } from './builtCommand.ts'
import { emptyDatabase, freshDatabase } from './database.ts'
import { killedUntilDone } from './killedCommand.ts'
import { asOwner, expectSound, granted, stock } from './shop.ts'

// The long form: HOLDFAST_LONG=1 npx vitest run test/kill.test.ts; HOLDFAST_SEED draws the same.
const LONG = process.env['HOLDFAST_LONG'] === '1'
const seed = Number(process.env['HOLDFAST_SEED'] ?? randomInt(2 ** 31))
const random = randomOf(seed)
const again = `HOLDFAST_SEED=${seed} npx vitest run test/kill.test.ts`

/** A PostgreSQL of this test alone, which may be killed; gone afterwards. */
const withOwnPostgres = async (
  work: (postgres: () => EmbeddedPostgres, restart: () => Promise<void>) => Promise<void>,
): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-kill-'))
  chmodSync(folder, 0o755)
  const dataDir = join(folder, 'postgres')
  let postgres = await startPostgres({ dataDir })
  const restart = async () => {
    postgres = await startPostgres({ dataDir })
  }
  try {
    const admin = new pg.Client(postgres.connection({ user: 'postgres', database: 'postgres' }))
    await admin.connect()
    await admin.query('create database holdfast')
    await admin.end()
    await migrate({
      connectionString: postgres.connectionString({ user: 'postgres', database: 'holdfast' }),
    })
    await work(() => postgres, restart)
  } finally {
    await postgres.stop({ force: true })
    for (const used of [folder, postgres.socketDir]) {
      rmSync(used, { recursive: true, force: true })
    }
  }
}

const [units, buyers] = LONG ? [5_000, 20_000] : [400, 1_600]
const kills = LONG
  ? { server: 10, sessions: 3, backend: 3, database: 3 }
  : { server: 3, sessions: 1, backend: 1, database: 1 }

test(
  `${units} units, ${buyers} buyers, kill -9 of servers, backends and PostgreSQL: ${again}`,
  () =>
    withOwnPostgres(async (postgres, restart) => {
      const urlOf = (user: string) => postgres().connectionString({ user, database: 'holdfast' })
      const connectionString = urlOf('holdfast_app')
      const verdict = await torture({
        ...{ connectionString, ownerConnectionString: urlOf('postgres'), seed, random, kills },
        ...{ units, buyers, concurrency: 64, commit_percent: 50, release_percent: 0 },
        ...{ servers: 2, fault_percent: 0, goOn: rounds => rounds < 1 },
        serve: databaseUrl => startServer(databaseUrl, builtCommand),
        open: tenant => openHoldfast({ connectionString, tenant }),
        database: ownDatabase({
          connectionString: urlOf('postgres'),
          postmaster: () => postgres().pid,
          restart,
        }),
        onFailure: history => {
          const file = join(tmpdir(), `kill-${seed}.jsonl`)
          writeFileSync(file, history.map(call => JSON.stringify(call)).join('\n'))
          console.error(`history in ${file}`)
        },
      })
      const worst = recoveries(verdict).map(({ what, worst_ms }) => `${what} ${worst_ms} ms`)
      console.info(`seed ${seed}: served again after ${worst.join(', ')}`)
      expect(verdict.findings).toEqual([])
      expect(verdict).toMatchObject({ granted: units, refused: buyers - units })
      expect(verdict).toMatchObject({ asked_again: units, tenant_removed: true })
      expect(verdict.kills).toHaveLength(kills.server + 3 * kills.database)
      const left = await asOwner(
        urlOf('postgres'),
        `select (select count(*) from holdfast.tenants where code like 'torture-%')
        + (select count(*) from holdfast.inventory_transactions) as n`,
      )
      expect(left).toEqual([{ n: 0 }])
    }),
  900_000,
)

// One row for each command that works for long: what it starts from, its words, what is then true.
const rounds = LONG ? 20 : 1

const schemaOf = async (ownerUrl: string): Promise<string> => {
  const [row] = await asOwner(
    ownerUrl,
    `select string_agg(line, E'\n' order by line) as schema from (
      select table_name || '.' || column_name || ' ' || data_type as line
      from information_schema.columns where table_schema = 'holdfast'
      union all
      select p.oid::regprocedure || ' ' || md5(p.prosrc) from pg_proc p
      where p.pronamespace in (select oid from pg_namespace where nspname like 'holdfast%')
      union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'holdfast'::regnamespace
    ) as lines where line !~ '(^|\\.)(test_clock|set_test_clock|clock)\\y'`,
  )
  return row?.['schema'] as string
}

test(`a migration that is killed is done by the next one: ${again}`, async () => {
  const whole = await freshDatabase()
  const { ownerUrl } = await emptyDatabase()
  await killedUntilDone({ argv: ['migrate'], url: ownerUrl, kills: LONG ? 20 : 2, random })
  expect(await schemaOf(ownerUrl)).toBe(await schemaOf(whole.ownerUrl))
}, 900_000)

test(`an import that is killed goes on where it was: ${again}`, async () => {
  const { holdfast, url, ownerUrl } = await freshDatabase()
  await holdfast.locations.create({ code: 'berlin' })
  const folder = mkdtempSync(join(tmpdir(), 'hf-import-'))
  const file = join(folder, 'stock.csv')
  const rows = Array.from({ length: 3_000 }, (_, n) => `SKU-${n},berlin,${1 + (n % 7)}`)
  writeFileSync(file, ['sku,location,on_hand', ...rows].join('\n'))
  await killedUntilDone({ argv: ['import', file], url, kills: rounds, random })
  rmSync(folder, { recursive: true })
  const [found] = await asOwner(
    ownerUrl,
    `select count(*)::int as levels, sum(on_hand)::int as units, max(version)::int as versions
     from holdfast.levels`,
  )
  const sum = rows.reduce((total, row) => total + Number(row.split(',')[2]), 0)
  expect(found).toEqual({ levels: 3_000, units: sum, versions: 1 })
  await expectSound(ownerUrl)
  expect((await holdfast.verify()).findings).toEqual([])
}, 900_000)

test(`a sweep that is killed frees each hold once: ${again}`, async () => {
  const { holdfast, url, ownerUrl } = await freshDatabase()
  const holds = 2_500
  await stock(holdfast, { SWEPT: { berlin: holds } })
  const cart = { lines: [{ sku: 'SWEPT', location: 'berlin', quantity: 1 }], hold_seconds: 1 }
  const made = await Promise.all(Array.from({ length: holds }, () => holdfast.reserve(cart)))
  for (const answer of made) granted(answer)
  const tidied = async () => {
    const [row] = await asOwner(ownerUrl, 'select held::int from holdfast.levels')
    return row?.['held'] === 0
  }
  const argv = ['start', '--port', '0']
  await killedUntilDone({ argv, url, kills: rounds, random, until: tidied })
  const [found] = await asOwner(
    ownerUrl,
    `select count(*)::int as movements, count(distinct reservation_id)::int as holds
     from holdfast.inventory_transactions where held_change < 0`,
  )
  expect(found).toEqual({ movements: holds, holds })
  await expectSound(ownerUrl)
}, 900_000)
