import type { ModelVerb } from './draft.ts'
import { adjust } from './verbs/adjust.ts'
import { amend } from './verbs/amend.ts'
import { buildVerbs } from './verbs/build.ts'
import { setPlaces } from './verbs/channels.ts'
import { commit } from './verbs/commit.ts'
import { extend } from './verbs/extend.ts'
import { fulfill } from './verbs/fulfill.ts'
import { move } from './verbs/move.ts'
import { setPolicies, setShares } from './verbs/policies.ts'
import { receive } from './verbs/receive.ts'
import { recordSale } from './verbs/recordSale.ts'
import { release } from './verbs/release.ts'
import { reserve } from './verbs/reserve.ts'
import { takeBack } from './verbs/return.ts'
import { set } from './verbs/set.ts'
import { setBuffers } from './verbs/setBuffers.ts'
import { supplyVerbs } from './verbs/supply.ts'

/** Every verb that the model knows: a room that comes later adds its own here. */
export const verbs: ModelVerb[] = [
  reserve,
  amend,
  extend,
  commit,
  fulfill,
  release,
  takeBack,
  recordSale,
  adjust,
  set,
  move,
  receive,
  setPolicies,
  setShares,
  setBuffers,
  setPlaces,
  ...supplyVerbs,
  ...buildVerbs,
]

export const decideOf = new Map(verbs.map(({ verb, decide }) => [verb, decide]))
