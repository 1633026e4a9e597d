import type { FastifyInstance } from 'fastify'
import type { Pages } from './dashboard.ts'
import { builtFolder, folderOf, sendFile } from './staticFiles.ts'

// The documents as pages, rendered when the package was built. They need nothing of the network.

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const TOP = '/docs'

/** The pages of a folder, by their addresses below /docs. */
export const guidesOf = (folder = builtFolder('docs')): Pages => {
  const find = folderOf(folder)
  return (request, reply, path) => {
    if (path !== TOP && !path.startsWith(`${TOP}/`)) return undefined
    const name = path.slice(TOP.length).replace(/\/$/, '') || '/index'
    const file = find(`${name}.html`) ?? find(name)
    return file && sendFile(request, reply, file, POLICY)
  }
}

/** Serves the documents at /docs; where they were not built, what the server knows of itself. */
export const serveGuides = (app: FastifyInstance, guides: Pages): void => {
  app.get(
    TOP,
    { schema: { hide: true } },
    (request, reply) => guides(request, reply, TOP) ?? reply.redirect('/docs/api', 302),
  )
}
