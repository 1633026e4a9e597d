import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyReply, FastifyRequest } from 'fastify'

// Files for browsers, as they were built. Only what stands in the folder when the server looks is
// ever served, by its exact name: a path that leads elsewhere is the name of no file.

/** Where the build puts a folder: packed beside us, or in a clone. */
export const builtFolder = (name: string): string => {
  const here = dirname(fileURLToPath(import.meta.url))
  const packed = join(here, name)
  return existsSync(packed) ? packed : join(here, '../../dist', name)
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}

/** Vite's names of files that never change: a hash before the ending. */
const HASHED = /^\/assets\/.*[-.][\w-]{8,}\.\w+$/
const FOREVER = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'
const ZIPS = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
]

export type File = { path: string; type: string; etag: string; forever: boolean; zips: string[] }

const fileOf = (folder: string, path: string, all: Set<string>): [string, File][] => {
  const type = TYPES[extname(path)]
  if (type === undefined) return []
  const name = `/${relative(folder, path).replaceAll('\\', '/')}`
  const hash = createHash('sha256').update(readFileSync(path)).digest('base64url')
  const zips = ZIPS.filter(({ ending }) => all.has(`${path}${ending}`)).map(zip => zip.name)
  const etag = `"${hash.slice(0, 27)}"`
  return [[name, { path, type, etag, forever: HASHED.test(name), zips }]]
}

/** The files of a folder by their names from its top; none where it was not built. */
const filesOf = (folder: string): Map<string, File> => {
  if (!existsSync(join(folder, 'index.html'))) return new Map()
  const paths = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  const all = new Set(paths)
  return new Map(paths.flatMap(path => fileOf(folder, path, all)))
}

/** Finds files of a folder by name; what is built later is found when somebody asks for it. */
export const folderOf = (folder: string): ((name: string) => File | undefined) => {
  let files = filesOf(folder)
  return name => {
    if (files.size === 0) files = filesOf(folder)
    return files.get(name)
  }
}

const acceptedZip = (request: FastifyRequest, file: File) => {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  return ZIPS.find(({ name }) => {
    const found = new RegExp(`\\b${name}\\b(?:\\s*;\\s*q=([\\d.]+))?`).exec(accepted)
    return file.zips.includes(name) && found !== null && Number(found[1] ?? 1) > 0
  })
}

/** Answers with a file, zipped where it is and the reader takes that; 304 if they have it. */
export const sendFile = async (
  request: FastifyRequest,
  reply: FastifyReply,
  file: File,
  policy: string,
): Promise<FastifyReply> => {
  const zip = acceptedZip(request, file)
  const etag = zip ? file.etag.replace(/"$/, `-${zip.name}"`) : file.etag
  reply
    .header('content-security-policy', policy)
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cross-origin-resource-policy', 'same-origin')
    .header('permissions-policy', 'camera=(self), geolocation=(), microphone=(), payment=()')
    .header('cache-control', file.forever ? FOREVER : ASK_AGAIN)
    .header('vary', 'accept-encoding')
    .header('etag', etag)
    .type(file.type)
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  if (zip) reply.header('content-encoding', zip.name)
  return reply.send(await readFile(`${file.path}${zip?.ending ?? ''}`))
}
