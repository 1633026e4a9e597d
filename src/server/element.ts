import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HoldfastError } from '../errors.ts'

/** Where the files for browsers are: packed beside us, or, in a clone, where they were built. */
const foldersOf = (): string[] => {
  const here = dirname(fileURLToPath(import.meta.url))
  return [join(here, 'assets'), join(here, '../../dist/assets')]
}

type File = { plain: Buffer; zipped: Buffer }

const readAsset = async (name: string, folders: string[]): Promise<File> => {
  const path = folders.map(folder => join(folder, name)).find(existsSync)
  if (!path) {
    throw new HoldfastError('route_not_found', { message: `${name} was not built: npm run build.` })
  }
  const plain = readFileSync(path)
  return { plain, zipped: await promisify(gzip)(plain) }
}

/** Answers a script of ours, zipped where the browser takes that. */
export const scriptRoute = (name: string, folder?: string) => {
  let file: Promise<File> | undefined
  return async (request: FastifyRequest, reply: FastifyReply): Promise<Buffer> => {
    file ??= readAsset(name, folder ? [folder] : foldersOf())
    file.catch(() => {
      file = undefined // built meanwhile, perhaps
    })
    const { plain, zipped } = await file
    const zips = /\bgzip\b/.test(String(request.headers['accept-encoding']))
    reply.type('text/javascript; charset=utf-8').header('vary', 'accept-encoding')
    reply.header('cache-control', 'public, max-age=300')
    if (zips) reply.header('content-encoding', 'gzip')
    return zips ? zipped : plain
  }
}

/** The storefront element, for pages of any origin: it holds no secret. */
export const serveElement = (app: FastifyInstance, folder?: string): void => {
  const answer = scriptRoute('element.js', folder)
  app.get('/element.js', { schema: { hide: true } }, (request, reply) => {
    reply.header('access-control-allow-origin', '*')
    reply.header('cross-origin-resource-policy', 'cross-origin')
    return answer(request, reply)
  })
}
