import type { Request } from './request.ts'

// What a value becomes in a URL or in a header, where everything is text.

export const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

/** In a query a list is its name again and again. */
export const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(asText) : [asText(value)]

/** What HTTP carries in a header; the rest is left out, since no program can send it. */
const HEADER = /^[\t\x20-\x7e\x80-\xff]*$/

export const isSendable = (value: unknown): boolean => HEADER.test(asText(value))

/** Half a surrogate pair has no UTF-8; these are the bytes that a careless program sends. */
const encoded = (text: string): string =>
  encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd')).replaceAll(
    '%EF%BF%BD',
    '%ED%A0%80',
  )

export const urlOf = ({
  operation,
  path,
  query,
}: Pick<Request, 'operation' | 'path' | 'query'>) => {
  const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encoded(asText(path[name])),
  )
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    asTexts(value).map(text => `${encoded(name)}=${encoded(text)}`),
  )
  return pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled
}
