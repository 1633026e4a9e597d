import { type FileHandle, open, rm } from 'node:fs/promises'
import { stringify } from 'csv-stringify/sync'
import { guarded } from './cells.ts'
import { type ImportReport, listUpTo } from './report.ts'

/** Where rejected rows go: into the report, and whole into a file beside the one that is read. */
export type Rejects = {
  add: (row: { line: number; cells: string[] }, reason: string) => Promise<void>
  close: () => Promise<void>
}

/** Opens the rejects file at the first rejected row; one of an earlier run is removed. */
export const openRejects = async (
  report: ImportReport,
  path: string | undefined,
  header: string[],
): Promise<Rejects> => {
  let file: FileHandle | undefined
  if (path) await rm(path, { force: true })
  return {
    add: async (row, reason) => {
      report.rejected++
      listUpTo(report.rejects, { line: row.line, reason })
      if (!path) return
      if (!file) {
        file = await open(path, 'w')
        report.rejects_file = path
        await file.write(stringify([['line', 'reason', ...header.map(guarded)]]))
      }
      const cells = row.cells.map(cell => guarded(cell))
      await file.write(stringify([[row.line, guarded(reason), ...cells]]))
    },
    close: async () => {
      await file?.close()
    },
  }
}
