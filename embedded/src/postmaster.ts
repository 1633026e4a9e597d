import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { EmbeddedError } from './errors.ts'
import { explain, LOCKED, runProgram } from './initialise.ts'
import { logOf, prepareLog, wordsSince } from './log.ts'
import { serves, stateOf } from './processes.ts'
import type { ServiceUser } from './serviceUser.ts'

export type Postmaster = { pid: number; socketDir: string; port: number; ready: boolean }

/** After kill -9 the dead postmaster is a zombie for a second or two: its lock is not stale yet. */
const LOCK_PATIENCE_MS = 15_000
/** A server that replays its log after a crash is given this long. */
const READY_PATIENCE_MS = 600_000
const STEP_MS = 100
const STOP_PATIENCE_MS = 60_000
const STOP_STEP_MS = 20
/** After this long a person is told what is waited for. */
const NOTICE_MS = 5_000

/** The words of postmaster.pid, which the server keeps and nobody else changes. */
const readLock = (folder: string): string[] | undefined => {
  try {
    return readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new EmbeddedError('wrong_owner', `${folder} cannot be read (${code}).`, error)
  }
}

/** The living server of a data folder, from its postmaster.pid. */
export const findPostmaster = (folder: string): Postmaster | undefined => {
  const lines = readLock(folder)
  if (!lines) return undefined
  const pid = Number(lines[0])
  const named = lines[1] ?? ''
  if (!Number.isSafeInteger(pid) || pid <= 0 || stateOf(pid) !== 'living' || !serves(pid, named)) {
    return undefined
  }
  if (named === '' || !existsSync(named) || realpathSync(named) !== realpathSync(folder)) {
    throw new EmbeddedError(
      'other_server',
      `Process ${pid} serves ${named || 'another folder'}, but its lock file is in ${folder}.`,
    )
  }
  const ready = /^(ready|standby)\s*$/.test(lines[7] ?? '')
  return { pid, port: Number(lines[3]), socketDir: lines[4] ?? '', ready }
}

type Start = {
  binaries: Binaries
  folder: string
  user: ServiceUser
  settings: Record<string, string>
  onNotice?: (line: string) => void
  lockPatienceMs?: number
}

/** Tries once to start a server; says whether it did, and what it heard when it did not. */
const attempt = async ({ binaries, folder, user, settings }: Start) => {
  const words = Object.entries(settings)
    .map(([name, value]) => `-c ${name}='${value.replaceAll("'", "'\\''")}'`)
    .join(' ')
  const before = prepareLog(folder, user)
  const how = ['-D', folder, '-w', '-t', String(READY_PATIENCE_MS / 1_000), '-l', logOf(folder)]
  const { code, output } = await runProgram(binaries.pg_ctl, [...how, '-o', words, 'start'], user)
  return { started: code === 0, said: `${output}\n${wordsSince(folder, before)}` }
}

/** Why a lock has not gone in time. */
const whyLocked = (said: string, folder: string): EmbeddedError => {
  const pid = Number(readLock(folder)?.[0])
  if (!(pid > 0) || stateOf(pid) !== 'zombie') return explain(said, folder)
  return new EmbeddedError(
    'dead_process',
    `Process ${pid}, the server of ${folder}, is dead, but its parent has not taken note.`,
  )
}

/** Starts the server of a data folder, or finds the one that somebody else starts just now. */
export const start = async (
  options: Start,
): Promise<{ postmaster: Postmaster; adopted: boolean }> => {
  const { folder, onNotice = () => {}, lockPatienceMs = LOCK_PATIENCE_MS } = options
  const isLate = AbortSignal.timeout(READY_PATIENCE_MS)
  let isLocked = AbortSignal.timeout(lockPatienceMs)
  const notice = `PostgreSQL is not ready yet; it writes what it does to ${logOf(folder)}`
  const reminder = setTimeout(() => onNotice(notice), NOTICE_MS)
  let last = { started: false, said: '' }
  try {
    for (;;) {
      const found = findPostmaster(folder)
      if (found?.ready) return { postmaster: found, adopted: !last.started }
      if (found) {
        if (isLate.aborted) throw explain(`${found.pid} does not become ready`, folder)
        isLocked = AbortSignal.timeout(lockPatienceMs) // it may end: then its lock has its time
      } else {
        last = await attempt(options)
        if (!last.started && !LOCKED.test(last.said)) throw explain(last.said, folder)
        if (!last.started && isLocked.aborted) throw whyLocked(last.said, folder)
      }
      await sleep(STEP_MS)
    }
  } finally {
    clearTimeout(reminder)
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
  if (code !== 0 && stateOf(pid) === 'living') throw explain(output, folder)
  for (let waitedMs = 0; stateOf(pid) === 'living'; waitedMs += STOP_STEP_MS) {
    if (waitedMs > STOP_PATIENCE_MS) {
      throw new EmbeddedError('stop_failed', `Process ${pid} of ${folder} does not stop.`)
    }
    await sleep(STOP_STEP_MS)
  }
  return true
}
