import { afterAll, expect, test } from 'vitest'
import { bufferMutants } from './bufferMutants.ts'
import { engineMutants } from './engineMutants.ts'
import { kitMutants } from './kitMutants.ts'
import { queueMutants } from './queueMutants.ts'
import { sqlMutants } from './sqlMutants.ts'
import { copyTree, plant } from './tree.ts'

const mutants = [...sqlMutants, ...queueMutants, ...engineMutants, ...kitMutants, ...bufferMutants]
const { folder, remove } = copyTree()
afterAll(remove)

test('at least 30 faults can be planted, each with a name of its own', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  expect(mutants.length).toBeGreaterThanOrEqual(30)
})

test.each(mutants.map(each => [each.name, each] as const))(
  '%s still finds its place',
  (_, each) => {
    plant(folder, each)()
  },
)
