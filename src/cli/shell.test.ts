import { expect, test } from 'vitest'
import { runProgram } from './program.ts'
import { Shell } from './shell.ts'

const watched = () => {
  const said = { err: '' }
  const err = (text: string) => {
    said.err += text
  }
  return { said, shell: new Shell({ out: () => undefined, err, live: true }) }
}

const CLEAR = '\r\u001b[K'

test('a command without progress writes nothing to a terminal but its words', async () => {
  const { said, shell } = watched()
  expect(await runProgram(['version'], shell)).toBe(0)
  expect(said.err).toBe('')
})

test('a line of progress goes before the next one, a notice, the end and an error', async () => {
  const { said, shell } = watched()
  await shell.run({}, async () => {
    shell.progress('1 of 2')
    shell.progress('2 of 2')
    shell.notice('stopping')
    shell.progress('3 of 2')
    return { json: {} }
  })
  expect(said.err).toBe(`1 of 2${CLEAR}2 of 2${CLEAR}stopping\n3 of 2${CLEAR}`)
  said.err = ''
  await shell.run({}, async () => {
    shell.progress('1 of 2')
    throw new Error('no')
  })
  expect(said.err.startsWith(`1 of 2${CLEAR}holdfast: no`)).toBe(true)
})
