import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

type Running = { pid: number; url: string }

const WAIT_MS_MAX = 15_000
const STEP_MS = 100
const fileIn = (folder: string): string => join(folder, 'server.json')

/** Writes down which process serves this data folder, for `holdfast stop`. */
export const rememberServer = (folder: string, url: string): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(fileIn(folder), JSON.stringify({ pid: process.pid, url }))
}

export const forgetServer = (folder: string): void => {
  if (readServer(folder)?.pid === process.pid) rmSync(fileIn(folder), { force: true })
}

const readServer = (folder: string): Running | undefined => {
  try {
    return JSON.parse(readFileSync(fileIn(folder), 'utf8')) as Running
  } catch {
    return undefined
  }
}

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A number may have been given to another process since: only one that answers as ours is ours. */
const isOurs = async ({ pid, url }: Running): Promise<boolean> => {
  if (!lives(pid)) return false
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    return false
  }
}

/** Ends the server of a data folder and waits until it has ended; the process id, or null. */
export const endServer = async (folder: string): Promise<number | null> => {
  const running = existsSync(fileIn(folder)) ? readServer(folder) : undefined
  if (!running || !(await isOurs(running))) return null
  process.kill(running.pid, 'SIGTERM')
  for (let waited = 0; lives(running.pid) && waited < WAIT_MS_MAX; waited += STEP_MS) {
    await sleep(STEP_MS)
  }
  return running.pid
}
