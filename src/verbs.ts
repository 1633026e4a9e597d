import type { CallOptions } from './database/call.ts'
import type { Engine } from './engine/engine.ts'
import { amend } from './reservations/amend.ts'
import { commit } from './reservations/commit.ts'
import { type ExpireRequest, expire } from './reservations/expire.ts'
import { extend } from './reservations/extend.ts'
import { fulfill } from './reservations/fulfill.ts'
import { recordSale } from './reservations/recordSale.ts'
import { release } from './reservations/release.ts'
import { reserve } from './reservations/reserve.ts'
import { takeBack } from './reservations/return.ts'
import { adjust } from './stock/adjust.ts'
import { move } from './stock/move.ts'
import { receive } from './stock/receive.ts'
import { set } from './stock/set.ts'

type Verb<Request, Result> = (engine: Engine, request: Request, options?: CallOptions) => Result

/** The verbs of reservations and of stock, bound to one tenant's engine. */
export const verbsOf = (engine: Engine) => {
  const bind =
    <Request, Result>(verb: Verb<Request, Result>) =>
    (request: Request, options?: CallOptions): Result =>
      verb(engine, request, options)
  return {
    reserve: bind(reserve),
    amend: bind(amend),
    extend: bind(extend),
    commit: bind(commit),
    fulfill: bind(fulfill),
    release: bind(release),
    return: bind(takeBack),
    recordSale: bind(recordSale),
    expire: (request: ExpireRequest = {}) => expire(engine, request),
    adjust: bind(adjust),
    set: bind(set),
    move: bind(move),
    receive: bind(receive),
  }
}
