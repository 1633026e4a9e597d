import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { EmbeddedError } from './errors.ts'
import { hashOf } from './place.ts'
import { canEnter, type ServiceUser } from './serviceUser.ts'

/** A socket's whole path may have this many bytes (sun_path in Linux). */
const SOCKET_PATH_MAX = 107
const PORT = 5432
/** Everybody's temporary folder, where TMPDIR names a private one of root's. */
const OPEN_TEMPORARY = '/tmp'

/** The short private folder of the socket: only the service user and root can enter it. */
export const socketFolder = (dataDir: string, user: ServiceUser, root = tmpdir()): string => {
  const folder = join(resolve(root), `hf-${hashOf(dataDir).slice(0, 10)}`)
  if (Buffer.byteLength(join(folder, `.s.PGSQL.${PORT}`)) > SOCKET_PATH_MAX) {
    throw new EmbeddedError(
      'path_too_long',
      `A socket in ${folder} would have a path of more than ${SOCKET_PATH_MAX} bytes.`,
    )
  }
  if (!existsSync(root) || !canEnter(user, root)) {
    if (root !== OPEN_TEMPORARY) return socketFolder(dataDir, user, OPEN_TEMPORARY)
    throw new EmbeddedError('unreachable_folder', `The user ${user.name} cannot reach ${root}.`)
  }
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
  }
  const found = lstatSync(folder)
  const mine = [user.uid, process.getuid?.() ?? user.uid]
  if (!found.isDirectory() || (process.platform !== 'win32' && !mine.includes(found.uid))) {
    throw new EmbeddedError('socket_taken', `${folder} belongs to somebody else.`)
  }
  if (user.lent) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o700)
  return folder
}

/** Says so when the socket of a live server is gone, as after a cleaning of /tmp. */
export const checkSocket = (server: { pid: number; socketDir: string; port: number }): void => {
  const socket = join(server.socketDir, `.s.PGSQL.${server.port}`)
  if (server.socketDir === '' || existsSync(socket)) return
  throw new EmbeddedError('socket_missing', `Process ${server.pid} runs, but ${socket} is gone.`)
}
