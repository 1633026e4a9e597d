import { InvalidArgumentError } from 'commander'

export type LineArgument = { sku: string; location?: string; quantity: number }

/**
 * Reads a line of a cart: `SKU[@location]:quantity`. The quantity goes on as it is, so that the
 * engine refuses what is none.
 */
export const readLine = (text: string, before: LineArgument[] = []): LineArgument[] => {
  const colon = text.lastIndexOf(':')
  const at = text.lastIndexOf('@', colon === -1 ? undefined : colon)
  if (colon <= 0) {
    throw new InvalidArgumentError('A line is SKU[@location]:quantity, as TEE-M@berlin:2.')
  }
  const sku = text.slice(0, at > 0 ? at : colon)
  const location = at > 0 ? text.slice(at + 1, colon) : undefined
  const quantity = readNumber(text.slice(colon + 1))
  return [...before, { sku, quantity, ...(location === undefined ? {} : { location }) }]
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** A number as it stands; what is none is a usage error. */
export const readNumber = (text: string): number => {
  const number = Number(text)
  if (!NUMBER.test(text) || !Number.isFinite(number)) {
    throw new InvalidArgumentError(`"${text.slice(0, 40)}" is not a number.`)
  }
  return number
}
