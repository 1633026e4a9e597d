import type { Entry, Shortfall } from './entry.ts'
import type { FileFormat } from './header.ts'

/** Lists in a report are cut at this length; their counts are whole. */
export const REPORT_LIST_MAX = 1_000

export type RejectedRow = { line: number; reason: string }

/** What came of a file. rows = imported + image_only + not_stocked + rejected, always. */
export type ImportReport = {
  import_id: string | null
  file_name: string
  format: FileFormat
  dry_run: boolean
  /** The same file was imported before, with the same options: nothing was done now. */
  already_imported: boolean
  /** Stopped on request; the same call goes on from there. */
  interrupted: boolean
  location: string | null
  rows: number
  rows_total: number
  imported: number
  image_only: number
  not_stocked: number
  rejected: number
  products: number
  skus: number
  /** SKUs that had no code in the file and were given one. */
  generated_skus: number
  /** SKUs that are not tracked: nothing keeps them from being oversold. */
  unprotected: number
  /** Variants that may be sold beyond stock in the shop that the file is from. */
  backorders_allowed: number
  levels: number
  levels_changed: number
  committed: number
  /** Codes of locations that were not there; absent in reports of an older version. */
  made_locations?: string[]
  /** Units on the way: listed only, not written. */
  incoming: { line: number; sku: string; location: string; quantity: number }[]
  incoming_units: number
  negative: Shortfall[]
  negative_rows: number
  missing_units: number
  /** Levels where more is promised than exists. */
  shortages: { line: number; sku: string; location: string; shortage: number }[]
  shortage_units: number
  rejects: RejectedRow[]
  rejects_file: string | null
  notes: string[]
}

/** An empty report. */
export const newReport = (of: {
  file_name: string
  format: FileFormat
  dry_run: boolean
  rows_total: number
}): ImportReport => ({
  import_id: null,
  already_imported: false,
  interrupted: false,
  location: null,
  rows: 0,
  imported: 0,
  image_only: 0,
  not_stocked: 0,
  rejected: 0,
  products: 0,
  skus: 0,
  generated_skus: 0,
  unprotected: 0,
  backorders_allowed: 0,
  levels: 0,
  levels_changed: 0,
  committed: 0,
  made_locations: [],
  incoming: [],
  incoming_units: 0,
  negative: [],
  negative_rows: 0,
  missing_units: 0,
  shortages: [],
  shortage_units: 0,
  rejects: [],
  rejects_file: null,
  notes: [],
  ...of,
})

/** Adds to a list of the report as long as there is room. */
export const listUpTo = <Item>(list: Item[], item: Item): void => {
  if (list.length < REPORT_LIST_MAX) list.push(item)
}

/** Counts an entry that was kept. */
export const countEntry = (report: ImportReport, entry: Entry, sku: string): void => {
  if (entry.levels.length === 0 && entry.not_stocked > 0) report.not_stocked++
  else report.imported++
  if (entry.backorders) report.backorders_allowed++
  for (const shortfall of entry.shortfalls) {
    report.negative_rows++
    report.missing_units += shortfall.missing
    listUpTo(report.negative, { ...shortfall, sku })
  }
  for (const { location, quantity } of entry.incoming) {
    report.incoming_units += quantity
    listUpTo(report.incoming, { line: entry.line, sku, location, quantity })
  }
}
