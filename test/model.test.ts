import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshDatabase } from './database.ts'
import { expectSound, level, outcome, stock } from './shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const RUNS = 40
const COMMANDS = 30

/** What one reservation of one SKU should have, and its level: the whole model in plain numbers. */
type Claim = { id: string; held: number; committed: number; fulfilled: number; returned: number }
type Model = { sku: string; onHand: number; claims: Claim[] }
type Step = { verb: string; claim: number; quantity: number }

const steps = fc.array(
  fc.record({
    verb: fc.constantFrom(
      ...['reserve', 'commit', 'fulfill', 'release', 'return', 'amend', 'receive', 'adjust'],
    ),
    claim: fc.nat(7),
    quantity: fc.integer({ min: 1, max: 6 }),
  }),
  { minLength: COMMANDS, maxLength: COMMANDS },
)

const promised = ({ claims }: Model): number =>
  claims.reduce((sum, claim) => sum + claim.held + claim.committed, 0)

/** Decides in the model what the engine should answer, and changes the model when it is a grant. */
const expected = (model: Model, step: Step, claim: Claim | undefined): string => {
  const { verb, quantity } = step
  const free = model.onHand - promised(model)
  if (verb === 'receive') {
    model.onHand += quantity
    return 'ok'
  }
  if (verb === 'adjust') {
    if (model.onHand < quantity) return 'would_go_negative'
    model.onHand -= quantity
    return 'ok'
  }
  if (verb === 'reserve') return free >= quantity ? 'ok' : 'insufficient_stock'
  if (!claim) return 'reservation_not_found'
  if (verb === 'commit') {
    if (claim.held < quantity) return 'exceeds_remaining'
    claim.held -= quantity
    claim.committed += quantity
  } else if (verb === 'fulfill') {
    if (claim.committed < quantity) return 'exceeds_remaining'
    if (model.onHand < quantity) return 'not_on_hand'
    claim.committed -= quantity
    claim.fulfilled += quantity
    model.onHand -= quantity
  } else if (verb === 'release') {
    if (claim.held + claim.committed < quantity) return 'exceeds_remaining'
    const fromHeld = Math.min(claim.held, quantity)
    claim.held -= fromHeld
    claim.committed -= quantity - fromHeld
  } else if (verb === 'return') {
    if (claim.fulfilled - claim.returned < quantity) return 'exceeds_fulfilled'
    claim.returned += quantity
    model.onHand += quantity
  } else return expectedOfAmend(claim, quantity, free)
  return 'ok'
}

const expectedOfAmend = (claim: Claim, quantity: number, free: number): string => {
  if (claim.held + claim.committed + claim.fulfilled === 0) return 'already_released'
  const now = claim.held + claim.committed + claim.fulfilled - claim.returned
  const less = now - quantity
  if (less > claim.held + claim.committed) return 'exceeds_remaining'
  if (-less > 0 && free < -less) return 'insufficient_stock'
  const fromHeld = Math.max(0, Math.min(claim.held, less))
  if (less >= 0) {
    claim.held -= fromHeld
    claim.committed -= less - fromHeld
  } else if (claim.held > 0) claim.held -= less
  else claim.committed -= less
  return 'ok'
}

const act = async (model: Model, step: Step, claim: Claim | undefined): Promise<string> => {
  const { verb, quantity } = step
  const line = { sku: model.sku, location: 'berlin', quantity }
  const reservation_id = claim?.id ?? '00000000-0000-7000-8000-000000000000'
  const part = { reservation_id, lines: [{ sku: model.sku, quantity }] }
  if (verb === 'reserve') {
    const answer = await holdfast.reserve({ lines: [line] })
    if (answer.ok) {
      const id = answer.reservation_id
      model.claims.push({ id, held: quantity, committed: 0, fulfilled: 0, returned: 0 })
    }
    return outcome(answer)
  }
  if (verb === 'receive') return outcome(await holdfast.receive({ lines: [line] }))
  if (verb === 'adjust') {
    return outcome(await holdfast.adjust({ lines: [{ ...line, quantity: -quantity }] }))
  }
  if (verb === 'amend') return outcome(await holdfast.amend({ reservation_id, lines: [line] }))
  if (verb === 'commit') {
    return outcome(await holdfast.commit({ ...part, order_reference: `o-${reservation_id}` }))
  }
  const verbs = { fulfill: holdfast.fulfill, release: holdfast.release, return: holdfast.return }
  return outcome(await verbs[verb as keyof typeof verbs](part))
}

let run = 0
test('every verb answers as the model of plain numbers does, and counts alike', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async commands => {
      const model: Model = { sku: `MODEL-${run++}`, onHand: 10, claims: [] }
      await stock(holdfast, { [model.sku]: { berlin: 10 } })
      for (const step of commands) {
        const claim = model.claims[step.claim % Math.max(1, model.claims.length)]
        const should = expected(model, step, claim)
        expect({ step, answer: await act(model, step, claim) }).toEqual({ step, answer: should })
        expect(await level(holdfast, model.sku, 'berlin')).toMatchObject({
          on_hand: model.onHand,
          held: model.claims.reduce((sum, { held }) => sum + held, 0),
          committed: model.claims.reduce((sum, { committed }) => sum + committed, 0),
          shortage: Math.max(0, promised(model) - model.onHand),
        })
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
  await expectSound(ownerUrl)
})
