import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Place } from './place.ts'

export type RedisServer = { redis: Redis; pid: number; stop(): Promise<void> }

const INSTALL =
  process.platform === 'darwin' ? 'brew install redis' : 'apt-get install redis-server'

/** The version of redis-server on this machine, as it says it itself. */
export const redisVersion = (): string | undefined =>
  /v=([\d.]+)/.exec(
    spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout ?? '',
  )?.[1]

/** The command that installs it; undefined when it is there. */
export const redisMissing = (): string | undefined =>
  redisVersion() === undefined ? INSTALL : undefined

/**
 * A Redis of its own on a private socket, with its log on and no snapshots and no rewrites, which
 * would slow it down.
 */
export const startRedis = async (
  place: Place,
  appendfsync: 'always' | 'everysec',
): Promise<RedisServer> => {
  const folder = mkdtempSync(join(place.folder, 'redis-'))
  const path = join(folder, 'socket')
  const settings = {
    ...{ port: '0', unixsocket: path, dir: folder, save: '', appendonly: 'yes', appendfsync },
    'auto-aof-rewrite-percentage': '0',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn('redis-server', args, { stdio: 'ignore' })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const redis = new Redis({
    path,
    retryStrategy: times => (child.exitCode === null && times < 200 ? 25 : null),
    maxRetriesPerRequest: null,
  })
  redis.on('error', () => {}) // its socket is not there yet
  const stop = place.keep(async () => {
    redis.disconnect()
    child.kill('SIGKILL') // what it holds was looked at already
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  const [, found] = (await redis.config('GET', 'appendfsync')) as [string, string]
  if (found !== appendfsync) throw new Error(`Redis syncs its log ${found}, not ${appendfsync}`)
  return { redis, pid: child.pid as number, stop }
}
