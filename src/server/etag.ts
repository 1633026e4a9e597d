import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** When it was read is no part of what was read. */
const withoutAsOf = (name: string, value: unknown): unknown =>
  name === 'as_of' ? undefined : value

/** A weak tag: the same content has the same tag, whatever its bytes on the wire. */
export const etagOf = (content: unknown): string => {
  const hash = createHash('sha256').update(JSON.stringify(content, withoutAsOf) ?? '')
  return `W/"${hash.digest('base64url').slice(0, 27)}"`
}

const tagsOf = (header: string): string[] => header.split(',').map(tag => tag.trim())

const opaque = (tag: string): string => tag.replace(/^W\//, '')

/** True if one of the header's tags is this one, or the header is `*`. */
export const matches = (header: string, etag: string): boolean =>
  tagsOf(header).some(tag => tag === '*' || opaque(tag) === opaque(etag))

/** True if the reader has this content already, as If-None-Match says. */
export const isKnown = (request: FastifyRequest, etag: string): boolean => {
  const header = request.headers['if-none-match']
  return header !== undefined && matches(header, etag)
}

/** Sets the ETag; answers 304 without a body if the reader has this content already. */
export const tagged = (request: FastifyRequest, reply: FastifyReply, content: unknown): unknown => {
  const etag = etagOf(content)
  reply.header('etag', etag)
  if (!isKnown(request, etag)) return content
  reply.code(304)
  return undefined
}
