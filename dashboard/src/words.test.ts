import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { errors } from '../../src/errors.ts'
import { findings } from '../../src/ledger/findings.ts'
import { refusals } from '../../src/refusals.ts'
import type { Words } from './frame/words.ts'

const here = (path: string) => new URL(path, import.meta.url)

/** Every catalogue: the frame's, the parts', and those of the rooms. */
const catalogues = async (): Promise<Words[]> => {
  const rooms = readdirSync(fileURLToPath(here('./rooms')), { recursive: true }).map(String)
  const files = [
    './frame/catalogue.ts',
    './parts/partWords.ts',
    './parts/problems/words.ts',
    ...rooms.filter(path => /words\.ts$/i.test(path)).map(path => `./rooms/${path}`),
  ]
  const modules = await Promise.all(files.map(path => import(here(path).href)))
  return modules.flatMap(module => Object.values(module) as Words[])
}

const base = (key: string) => key.replace(/_(one|other)$/, '')
const slots = (text: string) => [...text.matchAll(/\{\{(\w+)/g)].map(([, name]) => name).sort()

const all = (await catalogues()).filter(each => typeof each === 'object' && 'zh' in each)

test('there is a catalogue for each room', () => {
  expect(all.length).toBeGreaterThan(8)
  expect(new Set(all.map(({ room }) => room)).size).toBe(all.length)
})

test.each(all)('$room says the same in English and Chinese', ({ en, zh }) => {
  const english = new Set(Object.keys(en).map(base))
  const chinese = new Set(Object.keys(zh).map(base))
  expect([...english].filter(key => !chinese.has(key))).toEqual([])
  expect([...chinese].filter(key => !english.has(key))).toEqual([])
})

test.each(all)('$room fills the same slots in both', ({ en, zh }) => {
  const wrong = Object.entries(zh).flatMap(([key, text]) => {
    const english = en[key] ?? en[`${base(key)}_other`] ?? ''
    return JSON.stringify(slots(text)) === JSON.stringify(slots(english)) ? [] : [key]
  })
  expect(wrong).toEqual([])
})

test.each(all)('$room has a plural for one and for many in English', ({ en }) => {
  const keys = Object.keys(en)
  const lonely = keys.filter(
    key =>
      (key.endsWith('_one') && !keys.includes(key.replace(/_one$/, '_other'))) ||
      (key.endsWith('_other') && !keys.includes(key.replace(/_other$/, '_one'))),
  )
  expect(lonely).toEqual([])
})

test.each(all)('$room leaves no text empty, and none of its Chinese in English', ({ en, zh }) => {
  const empty = Object.entries({ ...en, ...zh }).filter(([, text]) => text.trim() === '')
  expect(empty).toEqual([])
  const half = Object.entries(zh).filter(([, text]) => /[\u4e00-\u9fff][,.:;?!]/.test(text))
  expect(half.map(([key]) => key)).toEqual([])
})

test('each refusal and error is said in both languages, in English as the server says it', async () => {
  const { words } = await import('./parts/problems/words.ts')
  const told = Object.entries(errors).map(([code, { message }]) => [code, message] as const)
  for (const [code, message] of [...Object.entries(refusals), ...told]) {
    expect(words.en[code], code).toBe(message)
    expect(words.zh[code], code).toMatch(/[\u4e00-\u9fff]/)
    expect(words.en[`${code}_do`], code).not.toMatch(/GET \//)
    expect(words.zh[`${code}_do`], code).toMatch(/[\u4e00-\u9fff]/)
  }
})

test('each fault is said in both languages, in English as the server says it', async () => {
  const { words } = await import('./rooms/system/faults/words.ts')
  const said = Object.entries(findings).flatMap(([code, { explanation, remedy }]) => [
    [code, explanation] as const,
    [`${code}_do`, remedy] as const,
  ])
  expect(words.en).toEqual(Object.fromEntries(said))
  const commands = (text: string | undefined) => [...(text ?? '').matchAll(/`[^`]+`/g)].map(String)
  for (const [key, english] of said) {
    expect(words.zh[key], key).toMatch(/[\u4e00-\u9fff]/)
    expect(commands(words.zh[key]), key).toEqual(commands(english))
  }
})

test('each action that the audit log keeps has its words', async () => {
  const { actions } = await import('./rooms/audit-log/ActionText.tsx')
  const sql = readFileSync(here('../../src/access/auditLog.sql'), 'utf8')
  const [, kept = ''] = /p_verb = any \(array\[([^\]]+)\]\)/.exec(sql) ?? []
  const verbs = [...kept.matchAll(/'(\w+)'/g)].map(([, verb]) => verb)
  expect(verbs).toContain('create_key')
  expect(verbs.filter(verb => !(actions as readonly unknown[]).includes(verb))).toEqual([])
})

test('no page writes the marks between words itself', () => {
  const marks = /(\)\}|\}`\)\})[:;](\s|$)|\}[:;,] \$\{|join\('[:;] '\)|\{'[:;,] '\}/
  const pages = readdirSync(fileURLToPath(here('.')), { recursive: true }).map(String)
  const own = pages
    .filter(path => path.endsWith('.tsx'))
    .flatMap(path =>
      readFileSync(here(path), 'utf8')
        .split('\n')
        .map(line => `${path} ${line}`),
    )
    .filter(line => marks.test(line))
  expect(own).toEqual([])
})
