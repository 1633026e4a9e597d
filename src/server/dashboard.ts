import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { builtFolder, folderOf, sendFile } from './staticFiles.ts'

/**
 * Everything comes from this server, and nothing stands within the page: components set their
 * styles through the CSSOM, which no policy forbids.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** What is not the dashboard's: the API, and what the server says of itself. */
const NOT_PAGES =
  /^\/(v1|docs|assets|demo|openapi\.json|element\.js|healthz|readyz|metrics)(\/|$)|^\/[^/]+\.\w+$/

/** True for a page of the dashboard: asked for by a browser's address line, not by a program. */
const isPage = (request: FastifyRequest, path: string): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  String(request.headers.accept ?? '').includes('text/html') &&
  !NOT_PAGES.test(path)

/** Answers with a file or a page of its own; undefined: it has none of this path. */
export type Pages = (
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
) => Promise<FastifyReply> | undefined

/** The dashboard of a folder: its files, and its one page for every path that the pages know. */
export const dashboardOf = (folder = builtFolder('dashboard')): Pages => {
  const find = folderOf(folder)
  return (request, reply, path) => {
    const own = path === '/' ? undefined : find(path)
    const file = own ?? (path === '/' || isPage(request, path) ? find('/index.html') : undefined)
    return file && sendFile(request, reply, file, POLICY)
  }
}

/** Serves the dashboard at `/`; where it was not built, a plain page that says so. */
export const serveDashboard = (
  app: FastifyInstance,
  dashboard: Pages,
  plain: (reply: FastifyReply) => FastifyReply,
): void => {
  const hidden = { schema: { hide: true } }
  app.get('/', hidden, (request, reply) => dashboard(request, reply, '/') ?? plain(reply))
}
