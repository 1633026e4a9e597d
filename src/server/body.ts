import type { FastifyInstance } from 'fastify'
import { ShapeError } from './validate.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

// To leave a body out means everything (release all of it), so it must not happen by accident.
const EMPTY = 'is empty; send {} or leave out the body with its content-type'

const decoded = (body: Buffer): string => {
  try {
    return utf8.decode(body)
  } catch {
    throw new ShapeError([{ field: '', reason: 'is not valid UTF-8' }])
  }
}

/** Bodies are JSON in UTF-8, or, where a route says so, a stream of CSV. Nothing else is read. */
export const readBodies = (app: FastifyInstance): void => {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const text = decoded(body as Buffer)
      if (text === '') throw new ShapeError([{ field: '', reason: EMPTY }])
      parseJson(request, text, done)
    } catch (error) {
      done(error as Error)
    }
  })
  app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload))
}
