import { expect, test } from 'vitest'
import { clock } from '../clock.ts'
import { Recent, Told } from './recent.ts'

/** A look that counts itself. */
const looks = (answer: (count: number) => unknown) => {
  let count = 0
  return async () => answer(++count)
}

const textOf = async (told: Promise<unknown>): Promise<string> => {
  const answer = await told
  return answer instanceof Told ? answer.text : JSON.stringify(answer)
}

test('who comes while an answer is young enough gets it; who wants a younger one looks', async () => {
  const recent = new Recent()
  const look = looks(count => ({ count }))
  const together = [recent.read('tees', 60_000, look), recent.read('tees', 60_000, look)]
  expect(await Promise.all(together.map(textOf))).toEqual(['{"count":1}', '{"count":1}'])
  expect(await textOf(recent.read('cups', 60_000, look))).toBe('{"count":2}')
  await new Promise<void>(resolve => void clock.after(5, resolve))
  expect(await textOf(recent.read('tees', 1, look))).toBe('{"count":3}')
  expect(await textOf(recent.read('tees', 60_000, look))).toBe('{"count":3}')
})

test('what was refused or has failed is looked at again', async () => {
  const recent = new Recent()
  const look = looks(count => {
    if (count === 2) throw new Error('no database')
    return { ok: count > 2, count }
  })
  expect(await textOf(recent.read('tees', 60_000, look))).toBe('{"ok":false,"count":1}')
  await expect(recent.read('tees', 60_000, look)).rejects.toThrow('no database')
  expect(await textOf(recent.read('tees', 60_000, look))).toBe('{"ok":true,"count":3}')
  expect(await textOf(recent.read('tees', 60_000, look))).toBe('{"ok":true,"count":3}')
})

test('the oldest answers go when all together are too long', async () => {
  const recent = new Recent(4_000)
  const look = looks(count => ({ count, text: 'x'.repeat(1_000) }))
  for (const name of ['a', 'b', 'c', 'd']) await recent.read(name, 60_000, look)
  expect(await textOf(recent.read('d', 60_000, look))).toContain('"count":4')
  expect(await textOf(recent.read('a', 60_000, look))).toContain('"count":5')
})
