import Type from 'typebox'
import { choice, closed, pageOf, pageQuery, text, Uuid } from '../shapes.ts'

export const IMPORT_BYTES_MAX = 32 * 1024 * 1024

export const CsvFile = Type.Unsafe<string>({ type: 'string', description: 'The file, as CSV.' })

export const ImportQuery = closed({
  file_name: Type.Optional(text(255, 'What the file is called, for the report.')),
  format: Type.Optional(
    choice(
      ['shopify_products', 'shopify_inventory', 'holdfast'],
      'Left out: recognised by its header.',
    ),
  ),
  location: Type.Optional(text(100, 'Where the quantities of a product export are.')),
  track: Type.Optional(choice(['all', 'as-in-file'])),
  dry_run: Type.Optional(Type.Boolean({ description: 'Report only; nothing is written.' })),
})

export const ImportId = closed({ import_id: Type.String() })
export const ListImports = closed(pageQuery(['-created_at', 'created_at']))

export const Import = Type.Object(
  { import_id: Type.Optional(Uuid), state: Type.Optional(Type.String()) },
  { $id: 'Import', additionalProperties: true, description: 'One file, and what came of it.' },
)

export const ImportPage = pageOf(Type.Ref('Import#'))
