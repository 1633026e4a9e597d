import Type from 'typebox'
import {
  Counter,
  choice,
  closed,
  Instant,
  orNull,
  pageOf,
  pageQuery,
  text,
  Uuid,
} from '../shapes.ts'

export const IMPORT_BYTES_MAX = 32 * 1024 * 1024

const formats = ['shopify_products', 'shopify_inventory', 'holdfast'] as const

export const CsvFile = Type.Unsafe<string>({ type: 'string', description: 'The file, as CSV.' })

const { limit, cursor } = pageQuery([])

export const ImportQuery = closed({
  file_name: Type.Optional(text(255, 'What the file is called, for the report.')),
  format: Type.Optional(choice(formats, 'Left out: recognised by its header.')),
  location: Type.Optional(text(100, 'Where the quantities of a product export are.')),
  track: Type.Optional(
    choice(['all', 'as-in-file'], 'Whether physical goods without a tracker are tracked.'),
  ),
  dry_run: Type.Optional(Type.Boolean({ description: 'Report in full; write nothing.' })),
  again: Type.Optional(Type.Boolean({ description: 'Import a file anew.' })),
})

export const ImportId = closed({ import_id: Type.String() })
export const ListImports = closed({ limit, cursor })

const atLine = { line: Type.Integer(), sku: Type.String(), location: Type.String() }

const report = {
  import_id: orNull(Uuid),
  file_name: Type.String(),
  format: choice(formats),
  dry_run: Type.Boolean(),
  already_imported: Type.Boolean(),
  interrupted: Type.Boolean(),
  location: orNull(Type.String()),
  rows: Counter,
  rows_total: Counter,
  imported: Counter,
  image_only: Counter,
  not_stocked: Counter,
  rejected: Counter,
  products: Counter,
  skus: Counter,
  generated_skus: Counter,
  unprotected: Type.Integer({ description: 'SKUs that are not tracked.' }),
  backorders_allowed: Counter,
  levels: Counter,
  levels_changed: Counter,
  committed: Counter,
  made_locations: Type.Optional(Type.Array(Type.String())),
  incoming: Type.Array(closed({ ...atLine, quantity: Counter })),
  incoming_units: Counter,
  negative: Type.Array(Type.Object({ line: Type.Integer() }, { additionalProperties: true })),
  negative_rows: Counter,
  missing_units: Counter,
  shortages: Type.Array(closed({ ...atLine, shortage: Counter })),
  shortage_units: Counter,
  rejects: Type.Array(closed({ line: Type.Integer(), reason: Type.String() })),
  rejects_file: orNull(Type.String()),
  notes: Type.Array(Type.String()),
}

/** The report may gain fields; none of these goes away. */
const open = { additionalProperties: true }

export const ImportReport = Type.Object(
  { ok: Type.Literal(true), ...report, replayed: Type.Optional(Type.Literal(true)) },
  {
    $id: 'ImportReport',
    ...open,
    description: 'rows = imported + image_only + not_stocked + rejected, always.',
  },
)

export const Import = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    import_id: Uuid,
    file_name: Type.String(),
    file_sha256: Type.String(),
    format: choice(formats),
    options: Type.Object({}, open),
    state: choice(['running', 'finished', 'failed']),
    rows_done: Counter,
    report: orNull(Type.Object(report, open)),
    created_at: Instant,
    finished_at: orNull(Instant),
  },
  { $id: 'Import', description: 'One file, and what came of it.' },
)

export const ImportPage = pageOf(Type.Ref('Import#'))
