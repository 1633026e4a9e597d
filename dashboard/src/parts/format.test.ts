import { expect, test } from 'vitest'
import { formatFor } from './format.ts'

test('a list of data has the separator of the language, and no "and"', () => {
  expect(formatFor('en').joined(['TEE-M', 'MUG', 'CAP'])).toBe('TEE-M, MUG, CAP')
  expect(formatFor('zh').joined(['TEE-M', 'MUG', 'CAP'])).toBe('TEE-M、MUG、CAP')
  expect(formatFor('zh').joined([])).toBe('')
})
