import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keysOf } from '../access/keys.ts'
import { checkupOf, looseSettings, requireDurable } from '../database/checkup.ts'
import { connect, type Database } from '../database/connect.ts'
import { migrate } from '../database/migrate.ts'
import { type DemoReport, seedDemo } from '../demo/seed.ts'
import { storeKey } from '../demo/store/storeKey.ts'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import { type Serving, serve } from '../server/index.ts'
import { ensureTenant } from '../tenants/tenants.ts'
import { listenError, requireAddress } from './address.ts'
import { mailTransport, startMailing } from './mailing.ts'
import { dataFolder, openDatabase, type Place } from './open.ts'
import { joinUrl } from './people.ts'
import { forgetServer, rememberServer } from './runningServer.ts'
import type { Outcome } from './shell.ts'
import { startSweeper } from './sweeper.ts'

export type ServingOptions = Place & {
  port: number
  host: string
  demo?: boolean
  sweeper: boolean
  mail: boolean
  audit: boolean
  auditPauseMs?: number
  events: boolean
  webhooksToPrivate?: boolean
  acceptDataLoss?: boolean
  /** Where browsers find the server. */
  publicUrl?: string
  /** Whose X-Forwarded headers are true. */
  trustProxy?: string
  /** The least that is logged; left out: nothing. */
  log?: string
  json?: boolean
  say(line: string): void
  notice(line: string): void
}

/** Migrates where the role may; a role that may not is told only if there is something to do. */
const bringUpToDate = async (connectionString: string): Promise<void> => {
  try {
    await migrate({ connectionString })
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'rights_missing') throw error
  }
}

const banner = (loose: string[]): string[] => {
  const text = `*** A crash may lose what was acknowledged: ${loose.join(', ')} ***`
  const stars = '*'.repeat(text.length)
  return [stars, text, stars]
}

const prepare = async (connectionString: string, options: ServingOptions): Promise<void> => {
  const database: Database = await connect({ connectionString, poolSize: 1 })
  try {
    const checkup = await checkupOf(database)
    if (!options.acceptDataLoss) requireDurable(checkup)
    const loose = looseSettings(checkup)
    if (loose.length > 0) for (const line of banner(loose)) options.notice(line)
    await ensureTenant(database, 'default', 'Default')
  } finally {
    await database.pool.end()
  }
}

/** The demo's key, kept beside the data, since the database has only its hash. */
const demoKey = async (holdfast: Holdfast, folder: string): Promise<string | undefined> => {
  const file = join(folder, 'demo-key')
  const keys = keysOf(holdfast.context)
  if (existsSync(file)) {
    const key = readFileSync(file, 'utf8').trim()
    const works = await keys.authenticate(key).then(
      () => true,
      () => false,
    )
    if (works) return key
  }
  const scopes = ['read', 'sell', 'stock', 'admin'] as const
  const made = await keys.create({ name: 'demo', scopes: [...scopes], mode: 'live' })
  if (!made.ok || !made.key) return undefined
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${made.key}\n`, { mode: 0o600 })
  chmodSync(file, 0o600) // a file that was there keeps its mode otherwise
  return made.key
}

/** A link for the first owner, as long as nobody can let others in. */
const ownerUrl = async (holdfast: Holdfast, url: string): Promise<string | undefined> => {
  const made = await holdfast.people.ownerLink()
  return made.ok ? joinUrl(url, made.link) : undefined
}

type Greeting = {
  url: string
  owner: string | undefined
  key: string | undefined
  demo: DemoReport | undefined
}

const greeting = ({ url, owner, key, demo }: Greeting): string[] => [
  'Holdfast is ready.',
  '',
  `  Dashboard  ${owner ?? `${url}/`}`,
  ...(owner ? ['             Opens once: choose your password there, and you are its owner.'] : []),
  `  API        ${url}/v1`,
  `  Reference  ${url}/docs/api`,
  `  Health     ${url}/healthz   ${url}/readyz   ${url}/metrics`,
  ...(demo
    ? [
        `  Store      ${url}/demo/store`,
        `  Demo       ${demo.skus} SKUs at 3 locations, ${demo.orders} orders of two weeks`,
      ]
    : []),
  ...(key
    ? [
        `  Key        ${key}`,
        '',
        'Hold three:',
        '',
        `  curl -s ${url}/v1/reservations -H 'authorization: Bearer ${key}' \\`,
        `    -H 'content-type: application/json' -H 'idempotency-key: cart-1' \\`,
        `    -d '{"lines":[{"sku":"${demo?.sku}","location":"hamburg","quantity":3}]}'`,
      ]
    : ['  Key        make one: npx holdfast keys create shop --scopes read,sell']),
  '',
  'Ctrl-C stops it.',
]

const untilStopped = (): Promise<void> =>
  new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
    process.once('disconnect', resolve) // whoever started this as a child is gone
    process.channel?.unref() // the channel alone keeps nothing running
  })

/** The key of the demo store's pages, once the demo is there. */
type Store = { key?: string | undefined }

const listen = async (
  connectionString: string,
  options: ServingOptions,
  store: Store,
): Promise<Serving> => {
  const { host, port, log, audit, auditPauseMs, publicUrl, trustProxy } = options
  const { events, webhooksToPrivate } = options
  try {
    const stream = { write: (line: string) => options.notice(line.trimEnd()) }
    return await serve({
      connectionString,
      host,
      port,
      ...(publicUrl && { publicUrl }),
      ...(trustProxy && { trustProxy }),
      ...(log && { log: { level: log, stream } }),
      ...(options.demo && { store: () => store.key }),
      ...(events && {
        events: { notice: options.notice, webhooks: { to_private: webhooksToPrivate } },
      }),
      ...(audit && { audit: { pause_ms: auditPauseMs, notice: options.notice } }),
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== 'listen') throw error
    const folder = dataFolder(options.dataDir)
    throw await listenError({ host, port }, folder, error as NodeJS.ErrnoException)
  }
}

/** Serves until it is told to stop: database, schema, tenant, demo, server, sweeper. */
export const serving = async (options: ServingOptions): Promise<Outcome> => {
  const folder = dataFolder(options.dataDir)
  await requireAddress(options, folder)
  if (options.mail) (await mailTransport(options.dataDir)).close() // what is wrong is said at once
  const stopped = untilStopped()
  const opened = await openDatabase({ ...options, onNotice: options.notice, tellMoved: true })
  try {
    if (!opened.embedded) await bringUpToDate(opened.ownerConnectionString)
    await prepare(opened.connectionString, options)
    const store: Store = {}
    const server = await listen(opened.connectionString, options, store)
    const sweeper = options.sweeper ? startSweeper(server.holdfast, options.notice) : undefined
    const mailer = options.mail
      ? await startMailing(server.holdfast, {
          dataDir: options.dataDir,
          origin: (options.publicUrl ?? server.url).replace(/\/$/, ''),
          notice: options.notice,
        })
      : undefined
    try {
      const demo = options.demo ? await seedDemo(server.holdfast) : undefined
      if (options.demo && !demo) {
        options.notice('This shop has goods of its own: the demo was left out.')
      }
      const key = demo ? await demoKey(server.holdfast, folder) : undefined
      if (demo) store.key = await storeKey(server.holdfast, server.url)
      rememberServer(folder, server.url)
      const owner = await ownerUrl(server.holdfast, options.publicUrl ?? server.url)
      const told = { url: server.url, key: key ?? null, owner_url: owner ?? null }
      if (options.json) options.say(JSON.stringify({ ok: true, ...told }))
      else for (const line of greeting({ url: server.url, owner, key, demo })) options.say(line)
      await stopped
    } finally {
      await sweeper?.stop()
      await mailer?.stop()
      await server.close()
      forgetServer(folder)
    }
  } finally {
    await opened.close()
  }
  return { json: { ok: true, stopped: true }, lines: ['Stopped.'] }
}
