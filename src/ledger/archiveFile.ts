import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'

/** What a month has in an archive's file: how many movements, and the sum of their checksums. */
export type MonthSum = { month: string; movements: number; checksum: string }

const MOVEMENT = '{"tenant":'
const CHECKSUM_DIGITS = 15

/** As text_checksum in SQL: the first 60 bits of the md5. */
const checksumOf = (line: string): bigint =>
  BigInt(`0x${createHash('md5').update(line).digest('hex').slice(0, CHECKSUM_DIGITS)}`)

const isGzip = (path: string): boolean => path.endsWith('.gz')

/** Writes pieces of text to a new file, and returns once the disk has them. */
export const writeArchive = async (path: string, pieces: AsyncIterable<string>): Promise<void> => {
  const file = createWriteStream(path, { flags: 'wx', flush: true })
  const packed = isGzip(path) ? createGzip() : new PassThrough()
  await pipeline(Readable.from(pieces, { objectMode: true }), packed, file)
}

/**
 * Reads an archive's file from the disk, line by line: the months that it has, each with what is
 * really there, and the sha256 of the whole file.
 */
export const readArchive = async (
  path: string,
): Promise<{ months: MonthSum[]; sha256: string; bytes: number }> => {
  const hash = createHash('sha256')
  let bytes = 0
  const file = createReadStream(path)
  file.on('data', chunk => {
    hash.update(chunk)
    bytes += chunk.length
  })
  const text = file.pipe(isGzip(path) ? createGunzip() : new PassThrough())
  file.on('error', error => text.destroy(error))
  const months: MonthSum[] = []
  let checksum = 0n
  let movements = 0
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.startsWith(MOVEMENT)) {
      checksum += checksumOf(line)
      movements++
      continue
    }
    const said = JSON.parse(line) as { end?: string }
    if (said.end === undefined) continue
    months.push({ month: said.end, movements, checksum: `${checksum}` })
    checksum = 0n
    movements = 0
  }
  return { months, sha256: hash.digest('hex'), bytes }
}
