import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { EmbeddedError } from './errors.ts'
import { canEnter, type ServiceUser } from './serviceUser.ts'

/** The major version whose data this package runs. */
export const MAJOR = '18'
/** A socket's whole path may have this many bytes (sun_path in Linux). */
const SOCKET_PATH_MAX = 107
const PORT = 5432

const hashOf = (path: string): string =>
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

/** Makes the folder above the data; where the service user cannot come, another place is taken. */
export const placeData = (
  dataDir: string,
  user: ServiceUser,
  onNotice: (line: string) => void,
  fallbackRoot = '/var/lib/holdfast',
): string => {
  const wanted = resolve(dataDir)
  const parent = dirname(wanted)
  makeParent(parent)
  const moved = join(fallbackRoot, hashOf(wanted), 'postgres')
  const entered = canEnter(user, parent)
  const holdsData = existsSync(join(wanted, 'PG_VERSION'))
  // Data that went elsewhere stays there: an empty shop in its place would look like a loss.
  if (entered && (holdsData || !user.lent || !existsSync(moved))) return wanted
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

/** Whether a data folder is there and may be used; removes what a broken first start has left. */
export const checkData = (folder: string, user: ServiceUser): 'ready' | 'missing' => {
  const parent = dirname(folder)
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const match = /\.init-(\d+)-\d+$/.exec(name)
    if (match && name.startsWith(basename(folder)) && !isAlive(Number(match[1]))) {
      rmSync(join(parent, name), { recursive: true, force: true })
    }
  }
  if (!existsSync(folder)) return 'missing'
  if (!statSync(folder).isDirectory()) throw new EmbeddedError('not_ours', `${folder} is a file.`)
  if (readdirSync(folder).length === 0) return 'missing'
  const versionFile = join(folder, 'PG_VERSION')
  if (!existsSync(versionFile)) {
    throw new EmbeddedError('not_ours', `${folder} has files, but no PostgreSQL data of ours.`)
  }
  const version = readFileSync(versionFile, 'utf8').trim()
  if (version !== MAJOR) {
    throw new EmbeddedError(
      'other_version',
      `${folder} holds data of PostgreSQL ${version}; this package runs ${MAJOR}.`,
    )
  }
  const { uid } = statSync(folder)
  if (process.platform !== 'win32' && uid !== user.uid) {
    throw new EmbeddedError(
      'wrong_owner',
      `${folder} belongs to user ${uid}, but PostgreSQL runs as user ${user.uid}.`,
    )
  }
  return 'ready'
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}

/** The short private folder of the socket: only the service user and root can enter it. */
export const socketFolder = (dataDir: string, user: ServiceUser, root = tmpdir()): string => {
  const folder = join(root, `hf-${hashOf(dataDir).slice(0, 10)}`)
  if (Buffer.byteLength(join(folder, `.s.PGSQL.${PORT}`)) > SOCKET_PATH_MAX) {
    throw new EmbeddedError(
      'path_too_long',
      `A socket in ${folder} would have a path of more than ${SOCKET_PATH_MAX} bytes.`,
    )
  }
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
  const found = lstatSync(folder)
  const mine = [user.uid, process.getuid?.() ?? user.uid]
  if (!found.isDirectory() || (process.platform !== 'win32' && !mine.includes(found.uid))) {
    throw new EmbeddedError('socket_taken', `${folder} belongs to somebody else.`)
  }
  if (user.lent) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o700)
  return folder
}
