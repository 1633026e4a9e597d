import { HoldfastError } from '../errors.ts'
import { read } from './call.ts'
import type { Database } from './connect.ts'

/** What a database says of itself. */
export type Checkup = {
  version: string
  version_num: number
  running: string
  now: string
  in_recovery: boolean
  role: string
  login: string
  superuser: boolean
  is_app: boolean
  ledger_writable: boolean
  settings: Record<string, string>
  migrations: number
  engines: string[]
  blocked: { pid: number; by: number[]; seconds: number }[]
}

const NO_TENANT = 0

/** Asks a database what doctor and start want to know. */
export const checkupOf = (database: Database): Promise<Checkup> =>
  read<Checkup>(database, NO_TENANT, 'checkup', {})

/** The settings under which an acknowledged write may be lost in a crash. */
export const looseSettings = ({ settings }: Checkup): string[] =>
  ['fsync', 'synchronous_commit', 'full_page_writes']
    .filter(name => settings[name] === 'off')
    .map(name => `${name} = off`)

/** Refuses a database that would lose what it has acknowledged. */
export const requireDurable = (checkup: Checkup): void => {
  const loose = looseSettings(checkup)
  if (loose.length === 0) return
  throw new HoldfastError('not_durable', {
    message: `The database would lose acknowledged writes in a crash: ${loose.join(', ')}.`,
    hint: 'Set them to on; or start with --accept-data-loss to serve all the same.',
  })
}
