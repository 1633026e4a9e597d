import { link, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { clock } from '../clock.ts'
import { connectOwner, type Owner } from '../database/owner.ts'
import { HoldfastError } from '../errors.ts'
import { type MonthSum, readArchive, writeArchive } from './archiveFile.ts'

const MOVEMENTS_A_PAGE = 5_000

export type ArchiveRequest = {
  /** Whoever may act as holdfast_owner: archiving drops a part of the ledger. */
  ownerConnectionString: string
  /** Months before this one, such as 2026-01. */
  before: string
}

export type ArchiveInto = ArchiveRequest & {
  /** A new file; packed where its name ends with .gz. */
  path: string
  onProgress?: ((progress: { month: string; movements: number }) => void) | undefined
}

export type ArchivableMonth = { month: string; detached: boolean; bytes: number }
export type ArchivedMonth = ArchivableMonth & { movements: number }

/** Why nothing more was archived: the first level whose balances are not what its changes make. */
export type LedgerWrong = { month: string; tenant_id: number; level_id: number; version: number }

export type ArchiveAnswer =
  | {
      ok: true
      months: ArchivedMonth[]
      /** As it was read again; null after a look, and where there was nothing to archive. */
      file: { path: string; bytes: number; sha256: string } | null
      seconds: number
    }
  | { ok: false; wrong: LedgerWrong }

type Detached = {
  movements: string
  fault: { code: 'busy' } | ({ code: 'ledger_wrong' } & Omit<LedgerWrong, 'month'>) | null
}
type ArchivePage = { lines: string | null; movements: number; checksum: string; after: unknown }

/** Ends an attempt that found the books wrong; archiveLedger answers with what it carries. */
class FoundWrong extends Error {
  readonly wrong: LedgerWrong
  constructor(wrong: LedgerWrong) {
    super('the ledger does not add up')
    this.wrong = wrong
  }
}

const firstOf = (month: string): string => `${month}-01`

const asOwner = async <Result>(
  { ownerConnectionString }: ArchiveRequest,
  work: (owner: Owner) => Promise<Result>,
): Promise<Result> => {
  const owner = await connectOwner(ownerConnectionString)
  try {
    return await work(owner)
  } finally {
    await owner.end()
  }
}

const archivable = (owner: Owner, before: string): Promise<ArchivableMonth[]> =>
  owner.rows<ArchivableMonth>('archivable_months', [firstOf(before)])

/** The months that archiveLedger would take, and their sizes; reads no movement. */
export const archivableMonths = (request: ArchiveRequest): Promise<ArchivableMonth[]> =>
  asOwner(request, owner => archivable(owner, request.before))

type TenantSize = { tenant_id: number; movements: string }

/** Writes the checkpoints of a month and detaches it, unless an earlier run has done so. */
const detach = async (owner: Owner, found: ArchivableMonth, dry: boolean) => {
  if (found.detached) {
    const tenants = await owner.rows<TenantSize>('archived_tenants', [firstOf(found.month)])
    return { ...found, movements: tenants.reduce((sum, each) => sum + Number(each.movements), 0) }
  }
  const done = await owner.row<Detached>('detach_month', [firstOf(found.month), dry])
  if (done.fault?.code === 'busy') {
    const message = `Somebody holds the ledger; ${found.month} could not be detached.`
    throw new HoldfastError('busy', { message, hint: 'holdfast doctor names who is in the way.' })
  }
  if (done.fault) {
    const { tenant_id, level_id, version } = done.fault
    throw new FoundWrong({ month: found.month, tenant_id, level_id, version })
  }
  return { ...found, movements: Number(done.movements) }
}

/** The text of the file, a page at a time; what it must be found to have goes into `sums`. */
async function* textOf(
  owner: Owner,
  months: ArchivedMonth[],
  sums: MonthSum[],
  onProgress: ArchiveInto['onProgress'],
): AsyncGenerator<string> {
  for (const { month } of months) {
    yield `${JSON.stringify({ begin: month, of: 'holdfast ledger', format: 1 })}\n`
    let movements = 0
    let checksum = 0n
    for (const { tenant_id } of await owner.rows<TenantSize>('archived_tenants', [
      firstOf(month),
    ])) {
      let after: unknown = null
      do {
        const values = [firstOf(month), tenant_id, after, MOVEMENTS_A_PAGE]
        const page = await owner.row<ArchivePage>('archived_page', values)
        if (page.lines !== null) yield `${page.lines}\n`
        movements += page.movements
        checksum += BigInt(page.checksum)
        after = page.after
        onProgress?.({ month, movements })
      } while (after !== null)
    }
    sums.push({ month, movements, checksum: `${checksum}` })
    yield `${JSON.stringify({ end: month, movements, checksum: `${checksum}` })}\n`
  }
}

/** Half a file never has the name of a whole one. */
const partOf = (path: string): string => path.replace(/(\.gz)?$/, '.part$1')

/** Writes the file, reads it again from the disk, and gives it its name only if it is whole. */
const exportMonths = async (owner: Owner, months: ArchivedMonth[], request: ArchiveInto) => {
  const { path } = request
  const part = partOf(path)
  const sums: MonthSum[] = []
  await writeArchive(part, textOf(owner, months, sums, request.onProgress))
  const { months: found, sha256, bytes } = await readArchive(part)
  if (JSON.stringify(found) !== JSON.stringify(sums)) {
    throw new HoldfastError('broken_invariant', {
      message: `${part} does not have what was written to it; nothing was dropped.`,
      hint: 'Look at the disk, remove the file and run the command again.',
    })
  }
  await link(part, path) // unlike a renaming, this never replaces a file
  await rm(part)
  return { path, bytes, sha256 }
}

const forget = async (owner: Owner, month: ArchivedMonth, file: { path: string; sha256: string }) =>
  owner.transaction(async () => {
    const values = [firstOf(month.month), month.movements, basename(file.path), file.sha256]
    const { forget_month: there } = await owner.row<{ forget_month: string }>(
      'forget_month',
      values,
    )
    if (Number(there) === month.movements) return true
    throw new HoldfastError('broken_invariant', {
      message:
        `${month.month} has ${there} movements, of which ${month.movements} are in the file; ` +
        'it was not dropped.',
      hint: 'Movements without a tenant are left over: look at the table in holdfast_archive.',
    })
  })

/** As archiveLedger, but changes nothing: looks whether every level adds up, and counts. */
export const lookAtArchive = (request: ArchiveRequest): Promise<ArchiveAnswer> =>
  answered(() =>
    asOwner(request, async owner => {
      const began_ms = clock.monotonicMs()
      const months: ArchivedMonth[] = []
      const found = await archivable(owner, request.before)
      await owner.transaction(async () => {
        for (const month of found) months.push(await detach(owner, month, true))
        return false
      })
      return { ok: true, months, file: null, seconds: secondsSince(began_ms) }
    }),
  )

const secondsSince = (ms: number): number => Math.round(clock.monotonicMs() - ms) / 1000

const answered = async (work: () => Promise<ArchiveAnswer>): Promise<ArchiveAnswer> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FoundWrong) return { ok: false, wrong: error.wrong }
    throw error
  }
}

/**
 * Takes old months out of the ledger: writes checkpoints from which verify goes on, detaches each
 * month, writes them to a file, reads the file again, and only then drops them. A run that was cut
 * off is finished by the next one.
 */
export const archiveLedger = (request: ArchiveInto): Promise<ArchiveAnswer> =>
  answered(() =>
    asOwner(request, async owner => {
      const began_ms = clock.monotonicMs()
      const months: ArchivedMonth[] = []
      for (const month of await archivable(owner, request.before)) {
        await owner.transaction(async () => {
          months.push(await detach(owner, month, false))
          return true
        })
      }
      const file = months.length > 0 ? await exportMonths(owner, months, request) : null
      for (const month of file ? months : [])
        await forget(owner, month, file as { path: string; sha256: string })
      return { ok: true, months, file, seconds: secondsSince(began_ms) }
    }),
  )
