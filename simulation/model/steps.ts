import fc from 'fast-check'
import type { Draft, Room } from './draft.ts'
import { verbs } from './verbs.ts'

/** How a call is made: by one server or another, or in a transaction of the caller's own. */
export type Way = 'one' | 'two' | 'own'

export type Command = {
  tenant: 0 | 1
  way: Way
  verb: string
  draft: Draft
  /** With a new key; or the whole of an earlier call again; or its key with this content. */
  key: { is: 'new' } | { is: 'again' | 'clash'; of: number } | undefined
}

/** To the next end of a hold, a millisecond before, at or after it; or just so far. */
export type Tick = { to: 'expiry'; offset_ms: number } | { to: 'later'; seconds: number }

/** What may happen next: calls that are under way at once, time that passes, or the sweeper. */
export type Step = { calls: Command[] } | { tick: Tick } | 'sweep' | 'nothing'

const draftsOf = (rooms: Room[]) =>
  fc.oneof(
    ...verbs
      .filter(({ room }) => room === undefined || rooms.includes(room))
      .map(({ verb, weight, draw }) => ({
        weight,
        arbitrary: draw.map(draft => ({ verb, draft })),
      })),
  )

const key = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.constant({ is: 'new' as const }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('again' as const), of: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('clash' as const), of: fc.nat(20) }) },
)

const commandOf = (rooms: Room[]): fc.Arbitrary<Command> =>
  fc
    .record({
      tenant: fc.oneof(
        { weight: 5, arbitrary: fc.constant(0 as const) },
        { weight: 1, arbitrary: fc.constant(1 as const) },
      ),
      way: fc.constantFrom<Way>('one', 'one', 'one', 'two', 'own'),
      of: draftsOf(rooms),
      key,
    })
    .map(({ of, ...rest }) => ({ ...rest, ...of }))

const tick: fc.Arbitrary<Tick> = fc.oneof(
  fc.record({
    to: fc.constant('expiry' as const),
    offset_ms: fc.constantFrom(-1, 0, 0, 1),
  }),
  fc.record({ to: fc.constant('later' as const), seconds: fc.constantFrom(1, 60, 1800, 14_400) }),
)

const severalOf = (command: fc.Arbitrary<Command>) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.array(command, { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.array(command, { minLength: 2, maxLength: 3 }) },
  )

const stepOf = (rooms: Room[]): fc.Arbitrary<Step> =>
  fc.oneof(
    { withCrossShrink: true }, // a step that has nothing to do with a failure becomes nothing
    { weight: 1, arbitrary: fc.constant('nothing' as const) },
    { weight: 32, arbitrary: severalOf(commandOf(rooms)).map(calls => ({ calls })) },
    { weight: 6, arbitrary: tick.map(of => ({ tick: of })) },
    { weight: rooms.length > 0 ? 2 : 0, arbitrary: fc.constant('sweep' as const) },
  )

/** A run has so many steps; about so many commands are in them. */
export const stepsOf = (commands: number, rooms: Room[]): fc.Arbitrary<Step[]> => {
  const count = Math.ceil(commands * 0.85)
  return fc.array(stepOf(rooms), { minLength: count, maxLength: count })
}
