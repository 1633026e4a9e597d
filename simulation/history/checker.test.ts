import { expect, test } from 'vitest'
import { blackBoxAnomalies } from './blackBox.ts'
import { generate, randomFrom } from './generate.ts'
import { mutations } from './mutate.ts'
import { witnessAnomalies } from './witness.ts'

const VALID = 300
const MUTATED = 800
const SHAPE = { ops: 120, clients: 8, levels: 4 }

test(`none of ${VALID} histories that are right by construction is found wrong`, () => {
  for (let seed = 0; seed < VALID; seed++) {
    const history = generate(seed, SHAPE)
    expect({ seed, found: witnessAnomalies(history) }).toEqual({ seed, found: [] })
    expect({ seed, found: blackBoxAnomalies(history) }).toEqual({ seed, found: [] })
  }
})

test(`all of ${MUTATED} histories with one thing wrong are found, many of them from outside too`, () => {
  const names = Object.keys(mutations)
  const missed: string[] = []
  const seen: Record<string, number> = {}
  let made = 0
  for (let seed = 0; made < MUTATED; seed++) {
    const name = names[seed % names.length] as string
    const history = generate(seed, SHAPE)
    if (!mutations[name]?.(history, randomFrom(seed + 1))) continue
    made++
    if (witnessAnomalies(history).length === 0) missed.push(`${name}, seed ${seed}`)
    if (blackBoxAnomalies(history).length > 0) seen[name] = (seen[name] ?? 0) + 1
  }
  expect(missed).toEqual([])
  expect(made).toBe(MUTATED)
  const outside = Object.values(seen).reduce((sum, count) => sum + count, 0)
  console.log(`${MUTATED} of ${MUTATED} found; ${outside} of them by times alone`)
  expect(Object.keys(seen)).toEqual(
    expect.arrayContaining(['a grant is dropped', 'a grant is there twice']),
  )
})

test('a grant and a refusal that no order explains are found without any version', () => {
  const at = { client: 'a', reservation: 'r', lines: 1, refused: [], steps: [] }
  const step = { level: 'L', version: 1, on_hand: 0, held: 1, committed: 0 }
  const counters = { on_hand: 1, held: 0, committed: 0 }
  const before = new Map([['L', counters]])
  const first = { ...at, verb: 'reserve', began: 0, ended: 1, steps: [step] }
  const second = { ...first, reservation: 's', began: 2, ended: 3 }
  const after = new Map([['L', { on_hand: 1, held: 2, committed: 0, version: 2 }]])
  expect(blackBoxAnomalies({ ops: [first, second], before, after })).toMatchObject([
    { rule: 'no oversell' },
  ])
  const refused = [{ level: 'L', version: 1, asked: 1, available: 0 }]
  const early = { ...at, verb: 'reserve', began: -2, ended: -1, refused }
  const held = new Map([['L', { on_hand: 1, held: 1, committed: 0, version: 1 }]])
  expect(blackBoxAnomalies({ ops: [early, first], before, after: held })).toMatchObject([
    { rule: 'refusals are true' },
  ])
})
