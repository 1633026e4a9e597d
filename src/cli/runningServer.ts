import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type Running = {
  pid: number
  url: string
  /** When the process began, as the system tells: a number that is given again differs in it. */
  began: string | null
}

const WAIT_MS_MAX = 20_000
const STEP_MS = 50
const BEGAN_FIELD = 19 // of /proc/PID/stat, counted after the name, which may have blanks
const folderIn = (folder: string): string => join(folder, 'servers')
const fileOf = (folder: string, pid: number): string => join(folderIn(folder), `${pid}.json`)

/** When a process began; null where the system does not tell. Undefined: it is not there. */
const beginningOf = (pid: number): string | null | undefined => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPERM') return undefined
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : (fields[BEGAN_FIELD] ?? null)
  } catch {
    return process.platform === 'linux' ? undefined : null
  }
}

/** Writes down which process serves this data folder, for `holdfast stop`. */
export const rememberServer = (folder: string, url: string): void => {
  mkdirSync(folderIn(folder), { recursive: true })
  const { pid } = process
  const running: Running = { pid, url, began: beginningOf(pid) ?? null }
  writeFileSync(fileOf(folder, pid), JSON.stringify(running))
}

export const forgetServer = (folder: string, pid = process.pid): void =>
  rmSync(fileOf(folder, pid), { force: true })

const readRunning = (folder: string, name: string): Running | undefined => {
  try {
    return JSON.parse(readFileSync(join(folderIn(folder), name), 'utf8')) as Running
  } catch {
    return undefined
  }
}

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folderIn(folder)).filter(name => /^\d+\.json$/.test(name))
  } catch {
    return []
  }
}

/** A number may have been given to another process since: where only HTTP can tell, it is asked. */
const isOurs = async ({ pid, url, began }: Running): Promise<boolean> => {
  const found = beginningOf(pid)
  if (found === undefined || found !== began) return false
  if (began !== null) return true
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    return false
  }
}

/** The servers of a data folder that run; notes of those that have died are removed. */
export const runningServers = async (folder: string): Promise<Running[]> => {
  const found: Running[] = []
  for (const name of namesIn(folder)) {
    const running = readRunning(folder, name)
    if (running && (await isOurs(running))) found.push(running)
    else rmSync(join(folderIn(folder), name), { force: true })
  }
  return found
}

export type Ended = { ended: number[]; alive: number[] }

/** Ends the servers of a data folder, and waits until they have ended. */
export const endServers = async (folder: string): Promise<Ended> => {
  const running = await runningServers(folder)
  for (const { pid } of running) process.kill(pid, 'SIGTERM')
  const stillThere = () => running.filter(({ pid, began }) => beginningOf(pid) === began)
  for (let waited = 0; stillThere().length > 0 && waited < WAIT_MS_MAX; waited += STEP_MS) {
    await sleep(STEP_MS)
  }
  const alive = stillThere().map(({ pid }) => pid)
  return { alive, ended: running.map(({ pid }) => pid).filter(pid => !alive.includes(pid)) }
}
