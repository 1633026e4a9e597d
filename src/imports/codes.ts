import { createHash } from 'node:crypto'

/** Codes that Holdfast gives where a file has none; always the same for the same words. */

export const SKU_CODE_MAX = 255
export const LOCATION_CODE_MAX = 100
const HASH_LETTERS = 6

const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, HASH_LETTERS)

/** Lower case letters and digits of any script, with single hyphens between. */
export const slug = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')

/** Words as a code of limited length; what is cut off, or has no letter, is told by a hash. */
const codeOf = (text: string, max: number, otherwise: string): string => {
  const code = slug(text)
  if (code === '') return `${otherwise}-${hashOf(text)}`
  return code.length <= max ? code : `${code.slice(0, max - HASH_LETTERS - 1)}-${hashOf(text)}`
}

/** The SKU of a variant that has none: `classic-varsity-top-small`. */
export const generatedSku = (handle: string, optionValues: string[]): string =>
  codeOf([handle, ...optionValues].join(' '), SKU_CODE_MAX - HASH_LETTERS - 1, 'sku')

/** The same variant's SKU where another variant has that code: `a-b-c-5f1d2e`. */
export const suffixedSku = (code: string, handle: string, optionValues: string[]): string =>
  `${code}-${hashOf(JSON.stringify([handle, ...optionValues]))}`

/** The code of a location that a file only names: "Berlin (Mitte)" is `berlin-mitte`. */
export const locationCode = (name: string): string => codeOf(name, LOCATION_CODE_MAX, 'location')

/** The code of a location whose plain code belongs to a location of another name. */
export const suffixedLocation = (name: string): string =>
  `${locationCode(name).slice(0, LOCATION_CODE_MAX - HASH_LETTERS - 1)}-${hashOf(name)}`

/** An id that is the same for the same file and options, so that a second run finds the first. */
export const importIdOf = (parts: string[]): string => {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
