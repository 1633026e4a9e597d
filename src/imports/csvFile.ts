import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { UnreadableFile } from './unreadable.ts'

/** One row of a file: the line on which it begins, and its cells. */
export type Row = { line: number; cells: string[] }

/** A file on disk that can be read twice: once to look, once to work. */
export type CsvFile = { path: string; bytes: number; dispose: () => Promise<void> }

/** A row of more letters is no row of a shop: most likely a quotation mark was never closed. */
export const ROW_LETTERS_MAX = 4 * 1024 * 1024
const FIRST_BYTES = 64 * 1024

/** Names a path, or keeps a stream in a temporary file, since a file is read twice. */
export const csvFileOf = async (source: { path?: string; stream?: Readable }): Promise<CsvFile> => {
  if (source.stream) {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-import-'))
    const path = join(folder, 'file.csv')
    const dispose = () => rm(folder, { recursive: true, force: true })
    try {
      await pipeline(source.stream, createWriteStream(path))
    } catch (error) {
      await dispose()
      throw error
    }
    return { path, bytes: await bytesOf(path), dispose }
  }
  const path = source.path as string
  return { path, bytes: await bytesOf(path), dispose: async () => {} }
}

const bytesOf = async (path: string): Promise<number> => {
  try {
    const file = await open(path)
    try {
      const found = await file.stat()
      if (!found.isFile()) throw new UnreadableFile(`${path} is not a file.`)
      return found.size
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UnreadableFile(`There is no file ${path}.`)
    throw new UnreadableFile(`${path} cannot be read: ${(error as Error).message}`)
  }
}

/** Looks at the first bytes and answers the delimiter of the header line. */
export const lookAtStart = async (file: CsvFile): Promise<string> => {
  const handle = await open(file.path)
  const buffer = Buffer.alloc(Math.min(FIRST_BYTES, Math.max(1, file.bytes)))
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
  await handle.close()
  const start = buffer.subarray(0, bytesRead)
  const zeros = start.filter(byte => byte === 0).length
  if (start[0] === 0x50 && start[1] === 0x4b && start[2] === 0x03) {
    throw new UnreadableFile('This is an Excel workbook (or a ZIP file): save it as CSV UTF-8.')
  }
  if (start[0] === 0x1f && start[1] === 0x8b) {
    throw new UnreadableFile('This file is compressed by gzip: unpack it, to CSV UTF-8.')
  }
  const marked =
    (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)
  if (marked || (zeros > bytesRead / 4 && zeros < bytesRead * 0.6)) {
    throw new UnreadableFile('This file is in UTF-16: save it as CSV UTF-8.')
  }
  if (zeros > 0) throw new UnreadableFile('This is a binary file, not CSV.')
  const text = start.toString('utf8').replace(/^\ufeff/, '')
  if (text.trim() === '') throw new UnreadableFile('The file is empty.')
  const header = text.split(/\r\n|\n|\r/, 1)[0] as string
  const counts = [',', ';', '\t', '|'].map(mark => [header.split(mark).length, mark] as const)
  return counts.reduce((most, next) => (next[0] > most[0] ? next : most))[1]
}

/** The SHA-256 of a file, as hexadecimal digits; throws where it is no UTF-8 text. */
export const sha256OfText = async (file: CsvFile): Promise<string> => {
  const hash = createHash('sha256')
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let lines = 1
  const check = (chunk?: Buffer): void => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      throw new UnreadableFile(
        `The file is not UTF-8 (see line ${lines} or soon after): save it as CSV UTF-8.`,
        { line: lines },
      )
    }
  }
  for await (const chunk of createReadStream(file.path)) {
    hash.update(chunk as Buffer)
    check(chunk as Buffer)
    for (const byte of chunk as Buffer) if (byte === 10) lines++
  }
  check()
  return hash.digest('hex')
}

const newlinesIn = (cells: string[]): number => {
  let count = 0
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++
  }
  return count
}

/** The rows of a file, the header first, one at a time; rows without a word are left out. */
export async function* rowsOf(file: CsvFile, delimiter: string): AsyncGenerator<Row> {
  let line = 1
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: ROW_LETTERS_MAX,
    on_record: (cells: string[]) => {
      const row: Row = { line, cells }
      line += 1 + newlinesIn(cells)
      const empty = cells.every(cell => cell.trim() === '')
      return empty ? null : (row as unknown as string[]) // the types know rows of cells only
    },
  })
  const reading = createReadStream(file.path)
  reading.on('error', error => parser.destroy(error))
  reading.pipe(parser)
  try {
    for await (const row of parser) yield row as Row
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (!code?.startsWith('CSV_')) throw error
    if (code === 'CSV_MAX_RECORD_SIZE' || code === 'CSV_QUOTE_NOT_CLOSED') {
      throw new UnreadableFile(
        `The row that begins on line ${line} does not end: a quotation mark there, or soon ` +
          'before, is not closed.',
        { line },
      )
    }
    throw new UnreadableFile(`Line ${line} is not CSV: ${message}`, { line })
  } finally {
    reading.destroy()
    parser.destroy()
  }
}
