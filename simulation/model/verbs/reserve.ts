import fc from 'fast-check'
import { cart, channel, draft, flag, holdSeconds, type ModelVerb } from '../draft.ts'
import { open, type Plan, planOf } from '../plan.ts'
import { isNoChannel, isRefusal, type Want, wantsOf } from '../wants.ts'
import { type Decide, refused, reservationFacts } from '../world.ts'

const decide: Decide = (world, request, choose, newId) => {
  const channel = request['channel'] as string | undefined
  if (isNoChannel(world, channel)) return refused('unknown_channel')
  const wants = wantsOf(world, request.lines ?? [])
  if (isRefusal(wants)) return wants
  const partial = request['partial'] === true
  const split = request['split'] === true
  const found = planOf(world, wants as Want[], { partial, split, channel }, choose)
  if (isRefusal(found)) return found
  const { parts, short } = found as Plan
  if (parts.length === 0 || (short.length > 0 && !partial)) {
    return refused('insufficient_stock', short[0])
  }
  if (world.reservations[newId]) return refused('reservation_exists')
  const order_reference = (request['order_reference'] as string | undefined) ?? null
  const { cart_window_seconds, order_window_seconds } = world.settings
  const window = order_reference === null ? cart_window_seconds : order_window_seconds
  const seconds = (request['hold_seconds'] as number | undefined) ?? window
  const expires_ms = request['owner'] === undefined ? world.now_ms + seconds * 1000 : null
  const tier = request['tier'] === undefined ? {} : { tier: request['tier'] as string }
  const by = channel === undefined ? {} : { channel }
  const of = { expires_ms, order_reference, ...tier, ...by }
  const reservation = open(world, newId, of, parts, true)
  return reservationFacts(reservation, short.length > 0 ? { short } : {})
}

export const reserve: ModelVerb = {
  verb: 'reserve',
  weight: 10,
  draw: draft({
    lines: cart,
    channel,
    hold_seconds: holdSeconds,
    partial: flag(5),
    split: flag(5),
    order_reference: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.constant('o-3')),
    tier: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, fc.constant('vip')),
    id: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.nat(2)),
  }).chain(plain => {
    const staff = { owner: 'desk', review_at: '2026-01-01T00:00:00Z' }
    return flag(12).map(yes => (yes ? { ...plain, fields: { ...plain.fields, ...staff } } : plain))
  }),
  decide,
}
