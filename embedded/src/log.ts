import {
  closeSync,
  constants,
  existsSync,
  fchownSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
} from 'node:fs'
import type { ServiceUser } from './serviceUser.ts'

const LOG_BYTES_MAX = 10_000_000

/** Where the server of a data folder writes what happens: beside the folder. */
export const logOf = (folder: string): string => `${folder}.log`

/** Opens the log to the service user, who may not make files beside the data; tells its size. */
export const prepareLog = (folder: string, user: ServiceUser): number => {
  const log = logOf(folder)
  // No link is followed: root would give away the file that it leads to.
  const how = constants.O_CREAT | constants.O_APPEND | constants.O_WRONLY
  const handle = openSync(log, how | (constants.O_NOFOLLOW ?? 0), 0o600)
  try {
    if (user.lent) fchownSync(handle, user.uid, user.gid)
    const { size } = fstatSync(handle)
    if (size <= LOG_BYTES_MAX) return size
  } finally {
    closeSync(handle)
  }
  renameSync(log, `${log}.old`)
  return prepareLog(folder, user)
}

/** What the server has said since its log had that size; earlier starts explain nothing. */
export const wordsSince = (folder: string, size: number): string => {
  const log = logOf(folder)
  return existsSync(log) ? readFileSync(log).subarray(size).toString().slice(-4_000) : ''
}
