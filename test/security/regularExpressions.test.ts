import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { parse, read, source, sql, walk } from '../houseFiles.ts'

// Every regular expression of the house against hostile texts: what matches, with each of its pieces
// pumped up, then spoilt at its end, so that an engine that backtracks tries every way. There is no
// bound of time but one: an expression that backtracks exponentially never ends.

type Found = { place: string; pattern: string; flags: string }

const literals = (path: string): Found[] => {
  const found: Found[] = []
  const file = parse(path)
  walk(file, node => {
    if (!ts.isRegularExpressionLiteral(node)) return
    const { line } = file.getLineAndCharacterOfPosition(node.getStart())
    const end = node.text.lastIndexOf('/')
    const [pattern, flags] = [node.text.slice(1, end), node.text.slice(end + 1)]
    found.push({ place: `${path}:${line + 1}`, pattern, flags })
  })
  return found
}

const expressions = source.flatMap(literals)

const PUMPED = 2_000
const PIECE_LENGTH_MAX = 3
const SAMPLES = 3

/** Texts that match, as far as the generator knows the expression's words. */
const samplesOf = ({ pattern, flags }: Found): string[] => {
  try {
    const matching = fc.stringMatching(new RegExp(pattern, flags.replace(/[gy]/g, '')))
    return fc.sample(matching, { seed: 1, numRuns: SAMPLES }).map(text => text.slice(0, 30))
  } catch {
    return [] // look-behind and the like: the pieces below are left
  }
}

const pumped = (text: string): string[] => {
  const made: string[] = []
  for (let from = 0; from < text.length; from++) {
    for (let to = from + 1; to <= Math.min(text.length, from + PIECE_LENGTH_MAX); to++) {
      const piece = text.slice(from, to).repeat(PUMPED / (to - from))
      made.push(`${text.slice(0, from)}${piece}${text.slice(to)}\u0001`)
    }
  }
  return made
}

const pieces = ['a', '0', ' ', '\t', '-', '_', '.', '/', ':', ',', '"', "'", '=', '\n', 'a ', '0.']
const plain = pieces.map(piece => `${piece.repeat(PUMPED / piece.length)}\u0001`)

const WORKER = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', ({ pattern, flags, texts }) => {
    for (const text of texts) new RegExp(pattern, flags).test(text)
    parentPort.postMessage('done')
  })`

const HANG_MS = 120_000

/** Works through expressions in a thread of its own, and ends it at the first that hangs. */
const firstThatHangs = async (expressions: Found[]): Promise<string | undefined> => {
  const worker = new Worker(WORKER, { eval: true })
  try {
    for (const found of expressions) {
      const texts = [...plain, ...samplesOf(found).flatMap(pumped)]
      let timer: NodeJS.Timeout | undefined
      const ended = await new Promise<boolean>(resolve => {
        timer = setTimeout(() => resolve(false), HANG_MS)
        worker.once('message', () => resolve(true))
        worker.postMessage({ ...found, texts })
      })
      clearTimeout(timer)
      if (!ended) return `${found.place} /${found.pattern}/`
    }
    return undefined
  } finally {
    await worker.terminate()
  }
}

test('no regular expression of the code hangs on a hostile text', async () => {
  expect(expressions.length).toBeGreaterThan(40)
  expect(await firstThatHangs(expressions)).toBeUndefined()
}, 600_000)

test('the attack finds an expression that does hang', async () => {
  const found = { place: '', pattern: '^(a+)+$', flags: '' }
  const worker = new Worker(WORKER, { eval: true })
  worker.postMessage({ ...found, texts: [`${'a'.repeat(40)}\u0001`] })
  const first = await Promise.race([
    new Promise(resolve => worker.once('message', resolve)),
    new Promise(resolve => setTimeout(() => resolve('hangs'), 2_000)),
  ])
  await worker.terminate()
  expect(first).toBe('hangs')
})

/** A repeat of a repeat: what a machine can see of exponential backtracking. */
const NESTED = /[+*}]\)[+*{]/

test('no regular expression, in code or in SQL, repeats a repeat', () => {
  const inSql = sql.flatMap(path =>
    [...read(path).matchAll(/!?~\*?\s+'((?:[^']|'')*)'/g)].map(([, pattern = '']) => ({
      place: path,
      pattern,
    })),
  )
  expect(inSql.length).toBeGreaterThan(3)
  const wrong = [...expressions, ...inSql].filter(({ pattern }) => NESTED.test(pattern))
  expect(wrong.map(({ place, pattern }) => `${place} ${pattern}`)).toEqual([])
})

test('an expression in SQL that reads a text of a caller is anchored, or reads one letter', () => {
  const loose = sql.flatMap(path =>
    [...read(path).matchAll(/!?~\*?\s+'((?:[^']|'')*)'/g)]
      .map(([, pattern = '']) => pattern)
      .filter(pattern => !/^\^.*\$$|^\[[^\]]*\]$/.test(pattern))
      .map(pattern => `${path} ${pattern}`),
  )
  expect(loose).toEqual([])
})
