/**
 * Arrays as PostgreSQL reads them. The driver quotes and escapes each number of a list, which took
 * a fifth of the time of a flush; what needs no quotes gets none here.
 */

/** A list of numbers or UUIDs; nothing else may stand in it. */
export const plainList = (values: (number | string | null)[]): string => {
  let list = '{'
  for (const [index, value] of values.entries()) {
    if (index > 0) list += ','
    list += value ?? 'NULL'
  }
  return `${list}}`
}

const SPECIAL = /["\\]/g

/** A list of any texts. */
export const textList = (values: (string | null)[]): string =>
  `{${values
    .map(value => (value === null ? 'NULL' : `"${value.replace(SPECIAL, '\\$&')}"`))
    .join(',')}}`
