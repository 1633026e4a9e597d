import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import Type from 'typebox'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import { type Route, route } from '../server/route.ts'
import { type ImportRequest, importFile } from './importFile.ts'
import { importsOf } from './imports.ts'
import {
  CsvFile,
  IMPORT_BYTES_MAX,
  ImportId,
  ImportPage,
  ImportQuery,
  ListImports,
} from './shapes.ts'

const tag = 'Imports'
const IMPORT_MS_MAX = 15 * 60_000

/** Hands a body on and fails as soon as it is too long, whatever its head has promised. */
const bounded = (body: Readable): Readable => {
  let bytes = 0
  const through = new PassThrough()
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > IMPORT_BYTES_MAX) body.destroy(new HoldfastError('body_too_large'))
  })
  pipeline(body, through).catch(error => through.destroy(error as Error))
  return through
}

/** A file that was imported before answers as a repeated call does. */
const run = async (holdfast: Holdfast, file: Readable, options: Partial<ImportRequest>) => {
  const answer = await importFile(holdfast.context, { ...options, stream: bounded(file) })
  return answer.ok && answer.already_imported ? { ...answer, replayed: true } : answer
}

/** Imports over HTTP: a file in, a report out. */
export const importRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/imports',
    scope: 'read',
    tag,
    operation: 'list_imports',
    summary: 'List imports, the newest first',
    query: ListImports,
    answer: ImportPage,
    refusals: ['too_large'],
    call: (holdfast, { query }) => importsOf(holdfast.context).list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/imports',
    scope: 'stock',
    tag,
    operation: 'import_file',
    summary: 'Import a file of products or stock',
    description:
      'The body is the file itself, as CSV of at most 32 MiB: the product export or the ' +
      'inventory export of Shopify, or our own format. The same file with the same options is ' +
      'imported once: a second call answers with its report and `already_imported`.',
    query: ImportQuery,
    body: CsvFile,
    accepts: 'text/csv',
    body_bytes_max: IMPORT_BYTES_MAX,
    deadline_ms: IMPORT_MS_MAX,
    answer: Type.Ref('ImportReport#'),
    refusals: ['too_large'],
    call: (holdfast, { body, query }) => run(holdfast, body as unknown as Readable, query),
  }),
  route({
    method: 'GET',
    url: '/v1/imports/:import_id',
    scope: 'read',
    tag,
    operation: 'get_import',
    summary: 'Read one import with its report',
    params: ImportId,
    answer: Type.Ref('Import#'),
    missing: 'import_not_found',
    call: (holdfast, { params }) => importsOf(holdfast.context).get(params),
  }),
]
