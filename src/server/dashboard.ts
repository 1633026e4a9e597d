import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

// The dashboard's files, as they were built. Only what stands in its folder when the server looks
// is ever served, by its exact name: a path that leads elsewhere is the name of no file.

/** Where the build puts them: packed beside us, or in a clone. */
const folderOf = (): string => {
  const here = dirname(fileURLToPath(import.meta.url))
  const packed = join(here, 'dashboard')
  return existsSync(packed) ? packed : join(here, '../../dist/dashboard')
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

/** Everything comes from this server. Styles may stand in elements: the components set them so. */
export const DASHBOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Vite's names of files that never change: a hash before the ending. */
const HASHED = /[-.][\w-]{8,}\.\w+$/
const FOREVER = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'

type File = { path: string; type: string; etag: string; forever: boolean; zips: Set<string> }

const ZIPS = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
]

const fileOf = (folder: string, path: string, all: Set<string>): File | undefined => {
  const type = TYPES[extname(path)]
  if (type === undefined) return undefined
  const name = relative(folder, path)
  const hash = createHash('sha256').update(readFileSync(path)).digest('base64url')
  const zips = ZIPS.filter(({ ending }) => all.has(`${path}${ending}`)).map(zip => zip.name)
  const forever = name.startsWith('assets') && HASHED.test(name)
  return { path, type, etag: `"${hash.slice(0, 27)}"`, forever, zips: new Set(zips) }
}

/** The files of a folder by the path of their URL; none where it was not built. */
const filesOf = (folder: string): Map<string, File> => {
  if (!existsSync(join(folder, 'index.html'))) return new Map()
  const paths = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  const all = new Set(paths)
  return new Map(
    paths.flatMap(path => {
      const file = fileOf(folder, path, all)
      return file ? [[`/${relative(folder, path).replaceAll('\\', '/')}`, file] as const] : []
    }),
  )
}

const acceptedZip = (request: FastifyRequest, file: File) => {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  return ZIPS.find(({ name }) => {
    const [, weight] = new RegExp(`\\b${name}\\b(?:\\s*;\\s*q=([\\d.]+))?`).exec(accepted) ?? []
    return file.zips.has(name) && accepted.includes(name) && weight !== '0'
  })
}

const send = async (request: FastifyRequest, reply: FastifyReply, file: File) => {
  const zip = acceptedZip(request, file)
  const etag = zip ? file.etag.replace(/"$/, `-${zip.name}"`) : file.etag
  reply
    .header('content-security-policy', DASHBOARD_POLICY)
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

/** What is not the dashboard's: the API, and what the server says of itself. */
const NOT_PAGES =
  /^\/(v1|docs|assets|demo|openapi\.json|element\.js|healthz|readyz|metrics)(\/|$)|^\/[^/]+\.\w+$/

/** True for a page of the dashboard: asked for by a browser's address line, not by a program. */
const isPage = (request: FastifyRequest, path: string): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  String(request.headers.accept ?? '').includes('text/html') &&
  !NOT_PAGES.test(path)

export type Dashboard = {
  /** Answers with a file, or with the page for a path that the pages know; undefined: neither. */
  answer: (
    request: FastifyRequest,
    reply: FastifyReply,
    path: string,
  ) => Promise<FastifyReply> | undefined
}

/** The dashboard of a folder; what is built later is found when somebody asks for it. */
export const dashboardOf = (folder = folderOf()): Dashboard => {
  let files = filesOf(folder)
  const found = (path: string): File | undefined => {
    if (files.size === 0) files = filesOf(folder)
    return files.get(path)
  }
  return {
    answer: (request, reply, path) => {
      const file = path === '/' ? found('/index.html') : found(path)
      if (file) return send(request, reply, file)
      const page = isPage(request, path) ? found('/index.html') : undefined
      return page && send(request, reply, page)
    },
  }
}

/** Serves the dashboard at `/`; where it was not built, a plain page that says so. */
export const serveDashboard = (
  app: FastifyInstance,
  dashboard: Dashboard,
  plain: (reply: FastifyReply) => FastifyReply,
): void => {
  const hidden = { schema: { hide: true } }
  app.get('/', hidden, (request, reply) => dashboard.answer(request, reply, '/') ?? plain(reply))
}
