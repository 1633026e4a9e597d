import { type Context, readFor } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import { type ExportRequest, exportFile } from './exportFile.ts'
import type { FileFormat } from './header.ts'
import { type ImportRequest, importFile } from './importFile.ts'
import type { ImportReport } from './report.ts'

/** One run of an import, as it is remembered. */
export type Import = {
  import_id: string
  file_name: string
  file_sha256: string
  format: FileFormat
  options: { location: string | null; track: 'all' | 'as-in-file'; quantities: boolean }
  state: 'running' | 'finished' | 'failed'
  rows_done: number
  report: ImportReport | null
  created_at: string
  finished_at: string | null
}

export type ImportPage = { data: Import[]; next_cursor: string | null }

/** Imports and exports of one tenant. */
export const importsOf = (context: Context) => ({
  /**
   * Imports a file; its format is recognised by the header.
   *
   * @example
   * const answer = await holdfast.imports.run({ path: 'products_export.csv', dry_run: true })
   */
  run: (request: ImportRequest) => importFile(context, request),
  /**
   * Writes products or stock as a file.
   *
   * @example
   * await holdfast.imports.export({ format: 'holdfast', path: 'stock.csv' })
   */
  export: (request: ExportRequest) => exportFile(context, request),
  /**
   * Shows one import with its report.
   *
   * @example
   * const one = await holdfast.imports.get({ import_id })
   */
  get: (request: { import_id: string }) => readFor<Answer<Import>>(context, 'get_import', request),
  /**
   * Lists imports, the newest first.
   *
   * @example
   * const { data } = await holdfast.imports.list({ limit: 10 })
   */
  list: (request: { limit?: number; cursor?: string } = {}) =>
    readFor<Answer<ImportPage>>(context, 'list_imports', request),
})
