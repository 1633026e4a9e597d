import { readFileSync } from 'node:fs'
import { clock } from '../clock.ts'
import { sessionsAll } from '../database/sessions.ts'
import type { OwnDatabase } from './kills.ts'

const GONE_MS_MAX = 15_000
const PAUSE_MS = 50

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error // it has ended by itself
  }
}

/** A dead process has its number until its parent takes note; it is not there any more. */
const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z'
  } catch (error) {
    return (error as { code?: string }).code === 'ENOENT' && process.platform !== 'linux'
  }
}

/**
 * A PostgreSQL that we have started ourselves: `postmaster` names its first process now, and
 * `restart` brings it back after all of them were killed at once.
 */
export const ownDatabase = (options: {
  connectionString: string
  postmaster: () => number
  restart: () => Promise<void>
}): OwnDatabase => ({
  killBackend: async pids => {
    const [pid] = pids
    if (pid !== undefined) kill(pid)
  },
  killAll: async () => {
    const others = await sessionsAll(options.connectionString).catch(() => [])
    const postmaster = options.postmaster()
    for (const pid of [postmaster, ...others]) kill(pid)
    for (let ms = 0; isThere(postmaster) && ms < GONE_MS_MAX; ms += PAUSE_MS) {
      await clock.sleep(PAUSE_MS)
    }
    await options.restart()
  },
})
