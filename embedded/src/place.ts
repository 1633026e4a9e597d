import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { EmbeddedError } from './errors.ts'
import { canEnter, type ServiceUser } from './serviceUser.ts'

/** Where root puts what the service user must reach. */
export const OPEN_ROOT = '/var/lib/holdfast'

/** A short name for a path. */
export const hashOf = (path: string): string =>
  createHash('sha256').update(path).digest('hex').slice(0, 16)

/** Makes a folder and those above it so that everybody may enter them, whatever the umask is. */
export const makeOpenFolder = (folder: string): void => {
  if (existsSync(folder)) return
  makeOpenFolder(dirname(folder))
  mkdirSync(folder, { recursive: true }) // no error if another process is faster
  chmodSync(folder, 0o755)
}

const makeParent = (parent: string): void => {
  try {
    mkdirSync(parent, { recursive: true })
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === 'ENOSPC') {
      throw new EmbeddedError('no_space', `No space is left on the disk of ${parent}.`, error)
    }
    throw new EmbeddedError('unreachable_folder', `${parent} cannot be made: ${message}`, error)
  }
}

/** The path without links, so that two names of one folder mean one server. */
const realPath = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    const above = dirname(path)
    return above === path ? path : join(realPath(above), basename(path)) // not there yet
  }
}

/** Where the data of a folder may be: in there, or elsewhere because of who runs PostgreSQL. */
export const placesOf = (dataDir: string, fallbackRoot = OPEN_ROOT): [string, string] => {
  const wanted = realPath(resolve(dataDir))
  return [wanted, join(fallbackRoot, hashOf(wanted), 'postgres')]
}

/** Makes the folder above the data; where the service user cannot come, another place is taken. */
export const placeData = (
  dataDir: string,
  user: ServiceUser,
  onNotice: (line: string) => void,
  fallbackRoot = OPEN_ROOT,
): string => {
  const [wanted, moved] = placesOf(dataDir, fallbackRoot)
  const parent = dirname(wanted)
  makeParent(parent)
  const entered = canEnter(user, parent)
  const holdsData = existsSync(join(wanted, 'PG_VERSION'))
  // Data that went elsewhere stays there: an empty shop in its place would look like a loss.
  if (entered && (holdsData || !existsSync(moved))) return wanted
  if (!user.lent) {
    throw new EmbeddedError('wrong_owner', `Root has put the data of ${wanted} into ${moved}.`)
  }
  if (!entered && !holdsData) makeOpenFolder(dirname(moved))
  if (holdsData || !canEnter(user, dirname(moved))) {
    throw new EmbeddedError(
      'unreachable_folder',
      `The user ${user.name}, who runs PostgreSQL, cannot reach ${holdsData ? wanted : parent}.`,
    )
  }
  const why = entered
    ? 'Data went elsewhere before'
    : `The user ${user.name} cannot reach ${parent}`
  onNotice(`${why}: data goes to ${moved}`)
  return moved
}
