import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { EmbeddedError } from './errors.ts'
import { explain, runProgram } from './initialise.ts'
import type { ServiceUser } from './serviceUser.ts'

export type Postmaster = { pid: number; socketDir: string; port: number; ready: boolean }

/** After kill -9 the dead postmaster is a zombie for a second or two: its lock is not stale yet. */
const LOCK_PATIENCE_MS = 15_000
const STEP_MS = 100

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

/** True when a process is a PostgreSQL server, as far as the system tells. */
const isPostgres = (pid: number): boolean => {
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
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isLiving(pid) || !isPostgres(pid)) return undefined
  const named = lines[1] ?? ''
  if (named === '' || !existsSync(named) || realpathSync(named) !== realpathSync(folder)) {
    throw new EmbeddedError(
      'other_server',
      `Process ${pid} serves ${named || 'another folder'}, but its lock file is in ${folder}.`,
    )
  }
  const ready = lines[7]?.trim() === 'ready'
  return { pid, port: Number(lines[3]), socketDir: lines[4]?.split(',')[0] ?? '', ready }
}

const words = (folder: string): string => {
  const log = join(folder, 'server.log')
  return existsSync(log) ? readFileSync(log, 'utf8').slice(-4_000) : ''
}

/** Starts the server of a data folder, or finds the one that somebody else starts just now. */
export const start = async (options: {
  binaries: Binaries
  folder: string
  user: ServiceUser
  settings: Record<string, string>
}): Promise<{ postmaster: Postmaster; adopted: boolean }> => {
  const { binaries, folder, user } = options
  const settings = Object.entries(options.settings)
    .map(([name, value]) => `-c ${name}='${value}'`)
    .join(' ')
  let started = false
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    const found = findPostmaster(folder)
    if (found?.ready) return { postmaster: found, adopted: !started }
    if (!found) {
      const before = words(folder).length
      const { code, output } = await runProgram(
        binaries.pg_ctl,
        ['-D', folder, '-w', '-t', '60', '-l', join(folder, 'server.log'), '-o', settings, 'start'],
        user,
      )
      started = code === 0
      const said = `${output}\n${words(folder).slice(Math.min(before, 2_000))}`
      const locked = /lock file "postmaster.pid" already exists|another server might be running/
      if (!started && !locked.test(said)) throw explain(said, folder)
    }
    if (waitedMs > LOCK_PATIENCE_MS) throw explain(words(folder), folder)
    await sleep(STEP_MS)
  }
}

/** Stops the server of a data folder: open transactions are rolled back, then it ends. */
export const stop = async (
  binaries: Binaries,
  folder: string,
  user: ServiceUser,
): Promise<boolean> => {
  if (!findPostmaster(folder)) return false
  const args = ['-D', folder, '-m', 'fast', '-w', '-t', '60', 'stop']
  const { code, output } = await runProgram(binaries.pg_ctl, args, user)
  if (code !== 0 && findPostmaster(folder)) throw explain(output, folder)
  return true
}
