import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { EmbeddedError } from './errors.ts'
import { stateOf } from './processes.ts'
import type { ServiceUser } from './serviceUser.ts'

/** The major version whose data this package runs. */
export const MAJOR = '18'

/** Removes what a first start has left that ended in the middle; never what a living one makes. */
const removeLeftovers = (folder: string): void => {
  const parent = dirname(folder)
  const start = `${basename(folder)}.init-`
  try {
    for (const name of readdirSync(parent)) {
      const match = /^(\d+)-\d+(\.password)?$/.exec(name.slice(start.length))
      if (!name.startsWith(start) || !match || stateOf(Number(match[1])) === 'living') continue
      rmSync(join(parent, name), { recursive: true, force: true })
    }
  } catch {
    // A parent that is not there or may not be read, or leftovers of another user: no harm.
  }
}

/** What a folder has in it; undefined when it is not there. */
const contentsOf = (folder: string): string[] | undefined => {
  try {
    return readdirSync(folder)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT') return undefined
    if (code === 'ENOTDIR') throw new EmbeddedError('not_ours', `${folder} is a file.`, error)
    throw new EmbeddedError('wrong_owner', `${folder} cannot be read (${code}).`, error)
  }
}

/** Whether a data folder is there and may be used; removes what a broken first start has left. */
export const checkData = (folder: string, user: ServiceUser): 'ready' | 'missing' => {
  removeLeftovers(folder)
  const contents = contentsOf(folder)
  if (contents === undefined || contents.length === 0) return 'missing'
  if (!contents.includes('PG_VERSION')) {
    throw new EmbeddedError('not_ours', `${folder} has files, but no PostgreSQL data of ours.`)
  }
  const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
  if (version !== MAJOR) {
    throw new EmbeddedError(
      'other_version',
      `${folder} holds data of PostgreSQL ${version}; this package runs ${MAJOR}.`,
    )
  }
  const { uid, mode } = statSync(folder)
  if (process.platform !== 'win32' && uid !== user.uid) {
    throw new EmbeddedError(
      'wrong_owner',
      `${folder} belongs to user ${uid}, but PostgreSQL runs as user ${user.uid}.`,
    )
  }
  if (!existsSync(join(folder, 'global', 'pg_control'))) {
    throw new EmbeddedError('half_initialised', `${folder} has a version, but no pg_control.`)
  }
  // A copy may have lost the mode, and the server refuses what others can enter.
  if ((mode & 0o027) !== 0) chmodSync(folder, 0o700)
  return 'ready'
}
