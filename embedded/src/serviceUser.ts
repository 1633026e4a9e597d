import { spawnSync } from 'node:child_process'

/** Under whose name PostgreSQL runs: it refuses root, so root lends it another user. */
export type ServiceUser = { uid: number; gid: number; name: string; lent: boolean }

const numberOf = (flag: '-u' | '-g', name: string): number | undefined => {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' })
  return status === 0 ? Number(stdout.trim()) : undefined
}

/**
 * The user that runs PostgreSQL: ourselves, or as root `postgres` if there is one, else `nobody`.
 */
export const serviceUser = (): ServiceUser => {
  const uid = process.getuid?.() ?? -1
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? -1, name: '', lent: false }
  for (const name of ['postgres', 'nobody']) {
    const lentUid = numberOf('-u', name)
    const gid = numberOf('-g', name)
    if (lentUid !== undefined && gid !== undefined) return { uid: lentUid, gid, name, lent: true }
  }
  return { uid: 65_534, gid: 65_534, name: '65534', lent: true }
}

/** Options that make a child process run as that user. */
export const asUser = (user: ServiceUser): { uid?: number; gid?: number; cwd: string } =>
  user.lent ? { uid: user.uid, gid: user.gid, cwd: '/' } : { cwd: process.cwd() }

/** True when that user can enter a folder. */
export const canEnter = (user: ServiceUser, folder: string): boolean =>
  !user.lent ||
  spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...asUser(user), stdio: 'ignore' }).status === 0
