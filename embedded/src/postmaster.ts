import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { EmbeddedError } from './errors.ts'
import { explain, LOCKED, runProgram } from './initialise.ts'
import type { ServiceUser } from './serviceUser.ts'

export type Postmaster = { pid: number; socketDir: string; port: number; ready: boolean }

/** After kill -9 the dead postmaster is a zombie for a second or two: its lock is not stale yet. */
const LOCK_PATIENCE_MS = 15_000
/** A server that replays its log after a crash is given this long. */
const READY_PATIENCE_MS = 600_000
const STEP_MS = 100
const STOP_PATIENCE_MS = 60_000
const STOP_STEP_MS = 20

/** True for a living process; a zombie is dead, though it still has its number. */
const isLiving = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPERM') return false
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z'
  } catch {
    return process.platform !== 'linux'
  }
}

/**
 * True when a process is the server of a folder, as far as the system tells: it works in there.
 * A number in an old lock file may be another process's by now.
 */
const serves = (pid: number, folder: string): boolean => {
  try {
    return realpathSync(`/proc/${pid}/cwd`) === realpathSync(folder)
  } catch {
    // Not Linux, or a container in which even root may not look at the processes of others.
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')
  } catch {
    return process.platform !== 'linux'
  }
}

/** The living server of a data folder, from its postmaster.pid. */
export const findPostmaster = (folder: string): Postmaster | undefined => {
  const file = join(folder, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  const pid = Number(lines[0])
  const named = lines[1] ?? ''
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isLiving(pid) || !serves(pid, named)) {
    return undefined
  }
  if (named === '' || !existsSync(named) || realpathSync(named) !== realpathSync(folder)) {
    throw new EmbeddedError(
      'other_server',
      `Process ${pid} serves ${named || 'another folder'}, but its lock file is in ${folder}.`,
    )
  }
  const ready = ['ready', 'standby'].includes(lines[7]?.trim() ?? '')
  return { pid, port: Number(lines[3]), socketDir: lines[4]?.split(',')[0] ?? '', ready }
}

const logOf = (folder: string): string => join(folder, 'server.log')

const sizeOf = (log: string): number => (existsSync(log) ? statSync(log).size : 0)

/** What the server has said since its log had that size: earlier starts explain nothing. */
const wordsSince = (log: string, size: number): string =>
  existsSync(log) ? readFileSync(log).subarray(size).toString().slice(-4_000) : ''

/** Starts the server of a data folder, or finds the one that somebody else starts just now. */
export const start = async (options: {
  binaries: Binaries
  folder: string
  user: ServiceUser
  settings: Record<string, string>
}): Promise<{ postmaster: Postmaster; adopted: boolean }> => {
  const { binaries, folder, user } = options
  const settings = Object.entries(options.settings)
    .map(([name, value]) => `-c ${name}='${value.replaceAll("'", "'\\''")}'`)
    .join(' ')
  const log = logOf(folder)
  const how = ['-w', '-t', String(READY_PATIENCE_MS / 1_000), '-l', log, '-o', settings]
  let started = false
  let said = ''
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    const found = findPostmaster(folder)
    if (found?.ready) return { postmaster: found, adopted: !started }
    if (!found) {
      const before = sizeOf(log)
      const outcome = await runProgram(binaries.pg_ctl, ['-D', folder, ...how, 'start'], user)
      started = outcome.code === 0
      said = `${outcome.output}\n${wordsSince(log, before)}`
      if (!started && !LOCKED.test(said)) throw explain(said, folder)
    }
    const patience = found ? READY_PATIENCE_MS : LOCK_PATIENCE_MS
    if (waitedMs > patience) throw explain(said, folder)
    await sleep(STEP_MS)
  }
}

/** Stops the server of a data folder: open transactions are rolled back, then it ends. */
export const stop = async (
  binaries: Binaries,
  folder: string,
  user: ServiceUser,
): Promise<boolean> => {
  const running = findPostmaster(folder)
  if (!running) return false
  const { pid } = running
  // pg_ctl's own waiting would go on when somebody starts the folder anew meanwhile.
  const args = ['-D', folder, '-m', 'fast', '-W', 'stop']
  const { code, output } = await runProgram(binaries.pg_ctl, args, user)
  if (code !== 0 && isLiving(pid)) throw explain(output, folder)
  for (let waitedMs = 0; isLiving(pid); waitedMs += STOP_STEP_MS) {
    if (waitedMs > STOP_PATIENCE_MS) {
      throw new EmbeddedError('start_failed', `Process ${pid} of ${folder} does not stop.`)
    }
    await sleep(STOP_STEP_MS)
  }
  return true
}
