/** A cell that a spreadsheet would run as a formula is made a text of. */
const FORMULA = /^[=+\-@\t\r]/
const NUMBER = /^-?\d+(\.\d+)?$/

const cellOf = (value: string | number): string => {
  const text = String(value)
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvOf = (rows: (string | number)[][]): string =>
  `${rows.map(row => row.map(cellOf).join(',')).join('\r\n')}\r\n`

/** Hands a file to the browser's downloads. */
export const saveFile = (name: string, content: BlobPart, type: string): void => {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** A byte order mark tells Excel that it is UTF-8. */
export const saveCsv = (name: string, rows: (string | number)[][]): void =>
  saveFile(name, `\uFEFF${csvOf(rows)}`, 'text/csv;charset=utf-8')
