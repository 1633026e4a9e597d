import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../access/authenticate.ts'
import type { Holdfast } from '../holdfast.ts'
import { type Authenticates, mayStillListen } from './auth.ts'
import { viewOf } from './eventView.ts'
import type { Overload } from './overload.ts'
import type { StreamFilter } from './streamListener.ts'
import type { Streams } from './streams.ts'
import { ShapeError } from './validate.ts'

/** Turns an answer into a stream of events. */
export type Listen = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

export const wantsStream = ({ headers }: FastifyRequest): boolean =>
  /\btext\/event-stream\b/i.test(headers.accept ?? '')

const POSITION = /^(?:evt_)?(\d{1,15})$/

/** Where the reader was: the header of one that comes back, or the cursor of one that knows. */
const afterOf = (request: FastifyRequest): number | undefined => {
  const { cursor } = request.query as { cursor?: string }
  const said = request.headers['last-event-id'] ?? cursor
  if (said === undefined || said === '') return undefined
  const position = POSITION.exec(String(said))?.[1]
  if (position !== undefined) return Number(position)
  throw new ShapeError([{ field: 'last-event-id', reason: 'must be the id of an event' }])
}

/** Sends a caller the events of its tenant, until it leaves or may not listen any more. */
export const listenOf =
  (streams: Streams, overload: Overload, authenticates: Authenticates): Listen =>
  async (request, reply) => {
    const holdfast = request.holdfast as Holdfast
    const after = afterOf(request)
    streams.requirePlace(holdfast.tenant)
    reply.hijack()
    const response = reply.raw
    streams.enter(response)
    overload.streams(request.raw)
    response.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      connection: 'close', // when it ends; else a server that stops would wait for the next request
      'x-accel-buffering': 'no', // a proxy that gathers would hold events back
    })
    response.flushHeaders()
    const mayListen = () => mayStillListen(request, authenticates)
    await streams
      .listen(holdfast, {
        ...{ response, filter: request.query as StreamFilter, mayListen },
        view: viewOf(request.caller as Caller),
        ...(after === undefined ? {} : { after }),
      })
      .catch(() => response.end())
    return reply
  }
