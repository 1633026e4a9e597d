import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { clock } from '../src/clock.ts'

const PORT = 6432 // of a socket in a folder of our own; no TCP

/** Whether Debian's package is there. */
export const hasPgbouncer = spawnSync('pgbouncer', ['--version']).status === 0

const socketOf = (url: string): { host: string; port: string } => {
  const { searchParams, hostname, port } = new URL(url)
  return { host: searchParams.get('host') ?? hostname, port: port || '5432' }
}

/** PgBouncer refuses to run as root. */
const user = (): { uid?: number; gid?: number } => {
  if (userInfo().uid !== 0) return {}
  const of = (what: string) => Number(spawnSync('id', [what, 'postgres']).stdout.toString())
  return { uid: of('-u'), gid: of('-g') }
}

/** PgBouncer in transaction mode, with two server connections, in front of a database. */
export const startPgbouncer = async (
  url: string,
): Promise<{ url: string; stop: () => Promise<void> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'hfb-'))
  chmodSync(folder, 0o777)
  const { host, port } = socketOf(url)
  const settings = [
    '[databases]',
    `* = host=${host} port=${port}`,
    '[pgbouncer]',
    `unix_socket_dir = ${folder}`,
    `listen_port = ${PORT}`,
    'listen_addr =',
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 2',
    'max_client_conn = 200',
  ]
  // With auth_type any everybody is the user that the entry names.
  settings[1] += ' user=holdfast_app'
  writeFileSync(join(folder, 'pgbouncer.ini'), settings.join('\n'))
  const child = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], { stdio: 'ignore', ...user() })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const name = new URL(url).pathname.slice(1)
  const through = `postgres://holdfast_app@localhost:${PORT}/${name}?host=${folder}`
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client(through)
    try {
      await client.connect()
      await client.end()
      break
    } catch (error) {
      if (attempt === 50) throw error
      await clock.sleep(100)
    }
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  return { url: through, stop }
}
