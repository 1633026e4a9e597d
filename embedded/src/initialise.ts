import { spawn } from 'node:child_process'
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { EmbeddedError } from './errors.ts'
import { asUser, type ServiceUser } from './serviceUser.ts'

export type Outcome = { code: number | null; output: string }

/** Runs a program of PostgreSQL to its end and keeps what it says. */
export const runProgram = (program: string, args: string[], user: ServiceUser): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    // LC_ALL: messages in English, since we look for words in them.
    const env = { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C' }
    const child = spawn(program, args, {
      ...asUser(user),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('exit', code => resolve({ code, output }))
  })

/** What the server says when another one has the folder, or its killed processes still end. */
export const LOCKED =
  /lock file "postmaster.pid" (already exists|is empty)|pre-existing shared memory block/

/** Turns the words of initdb or the server into a coded error. */
export const explain = (output: string, folder: string): EmbeddedError => {
  if (/No space left on device/.test(output)) {
    return new EmbeddedError('no_space', `No space is left on the disk of ${folder}.`)
  }
  if (/wrong ownership|could not access directory|permission denied/i.test(output)) {
    return new EmbeddedError('wrong_owner', `PostgreSQL may not use ${folder}: ${lastLine(output)}`)
  }
  if (/is too long/.test(output)) {
    return new EmbeddedError('path_too_long', lastLine(output))
  }
  if (/another postmaster .*using socket|socket file|could not bind Unix/.test(output)) {
    return new EmbeddedError('socket_taken', `The socket is in use: ${lastLine(output)}`)
  }
  if (LOCKED.test(output)) {
    return new EmbeddedError('other_server', `The folder is in use: ${lastLine(output)}`)
  }
  return new EmbeddedError('start_failed', `PostgreSQL did not start: ${lastLine(output)}`)
}

const lastLine = (output: string): string => {
  const lines = output.split('\n').filter(line => line.trim() !== '')
  return lines.findLast(line => /FATAL|ERROR|error|HINT/.test(line)) ?? lines.at(-1) ?? 'no words'
}

/** Two starts in one process must not share a folder either. */
let attempts = 0

/**
 * Makes a cluster in a folder beside, then renames it: a broken first start leaves nothing half.
 */
export const initialise = async (
  binaries: Binaries,
  folder: string,
  user: ServiceUser,
  password?: string,
): Promise<void> => {
  const unfinished = `${folder}.init-${process.pid}-${++attempts}`
  rmSync(unfinished, { recursive: true, force: true })
  try {
    mkdirSync(unfinished, { mode: 0o700 })
  } catch (error) {
    throw explain((error as Error).message.replace('ENOSPC', 'No space left on device'), folder)
  }
  if (user.lent) chownSync(unfinished, user.uid, user.gid)
  const passwordFile = `${unfinished}.password`
  if (password) writeFileSync(passwordFile, password, { mode: 0o600 })
  const { code, output } = await runProgram(
    binaries.initdb,
    ['-D', unfinished, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-instructions'].concat(
      password ? ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`] : ['-A', 'trust'],
    ),
    user,
  )
  rmSync(passwordFile, { force: true })
  if (code !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    throw explain(output, folder)
  }
  try {
    if (process.platform === 'win32' && existsSync(folder)) rmdirSync(folder) // an empty one
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    const { code, message } = error as { code?: string; message: string }
    if (code === 'EBUSY') {
      throw new EmbeddedError('mount_point', `${folder} is itself a mount point.`, error)
    }
    // Another process was faster: adopt its cluster.
    if (!existsSync(join(folder, 'PG_VERSION'))) throw explain(message, folder)
  }
  keepName(dirname(folder))
}

/** Makes a rename durable: a power cut could else take away a folder that has commits in it. */
const keepName = (parent: string): void => {
  if (process.platform === 'win32') return // folders cannot be opened there
  const handle = openSync(parent, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
