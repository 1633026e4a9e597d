/** How one cell of a spreadsheet is read and written: apostrophes, formulas, whole numbers. */

const NUMBER = /^[+-]?\d+(\.\d+)?$/
/** The wide forms of these signs, and a new line, start a formula in some spreadsheets too. */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/
const WHOLE = /^[+-]?\d{1,15}(\.0+)?$/

/** A code without the apostrophe that keeps a spreadsheet from changing it. */
export const readCode = (cell: string): string => {
  const text = cell.trim()
  return text.startsWith("'") ? text.slice(1).trim() : text
}

/** A text without the guard; an apostrophe that belongs to the words ('Tis) stays. */
export const readText = (cell: string): string =>
  /^'['=+\-@\t\r\n＝＋－＠]/.test(cell) ? cell.slice(1) : cell

/** A cell that no spreadsheet runs as a formula: `=`, `+`, `-`, `@` get an apostrophe. */
export const guarded = (value: string | number | boolean | null | undefined): string => {
  if (value === null || value === undefined) return ''
  const text = String(value)
  if (NUMBER.test(text)) return text
  return FORMULA_START.test(text) || text.startsWith("'") ? `'${text}` : text
}

/** A whole number; null for an empty cell; undefined for what is no whole number. */
export const readWhole = (cell: string): number | null | undefined => {
  const text = readCode(cell)
  if (text === '') return null
  return WHOLE.test(text) ? Math.trunc(Number(text)) + 0 : undefined
}

/** `TRUE`, `true`, `yes` and `1` are true; null for an empty cell. */
export const readTruth = (cell: string): boolean | null => {
  const text = readCode(cell).toLowerCase()
  return text === '' ? null : ['true', 'yes', '1', 'y'].includes(text)
}
