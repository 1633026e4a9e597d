import { expect, test } from 'vitest'
import { formatFor } from './format.ts'

test('a list of data has the separator of the language, and no "and"', () => {
  expect(formatFor('en').joined(['TEE-M', 'MUG', 'CAP'])).toBe('TEE-M, MUG, CAP')
  expect(formatFor('zh').joined(['TEE-M', 'MUG', 'CAP'])).toBe('TEE-M、MUG、CAP')
  expect(formatFor('zh').joined([])).toBe('')
})

test('a label, and a list of sentences, have the marks of their language', () => {
  expect(formatFor('en').labelled('Theme', 'Dark')).toBe('Theme: Dark')
  expect(formatFor('zh').labelled('主题', '深色')).toBe('主题：深色')
  expect(formatFor('zh').labelled('别处')).toBe('别处：')
  expect(formatFor('en').sentences(['one', 'two'])).toBe('one; two')
  expect(formatFor('zh').sentences(['one', 'two'])).toBe('one；two')
})
