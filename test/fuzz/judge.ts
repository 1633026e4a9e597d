import {
  compilerOf,
  type Document,
  type Heard,
  liesOf,
  type Parameter,
  type Schema,
} from '../document.ts'
import type { Request } from './request.ts'
import { asText, asTexts, isSendable, urlOf } from './text.ts'

// Says of a request whether the document allows it, and of an answer whether it is a right one.

/** fits: allowed; unfit: its field must be named; unreadable: no JSON, no URL, or too long. */
export type Verdict = 'fits' | 'unfit' | 'unreadable'

const HALF = /\p{Surrogate}/u
const unstorable = (text: string): boolean => text.includes('\u0000') || HALF.test(text)
const POISON = /"__proto__"\s*:|"constructor"\s*:\s*\{\s*"prototype"/
/** What surely fits into 16 KB beside the headers. */
const ADDRESS_MAX = 15_000
const BODY_BYTES_MAX = 1024 * 1024

const parsed = (schema: Schema, texts: string[]): unknown => {
  if (schema.type === 'array') return texts.map(each => parsed(schema.items ?? {}, [each]))
  const [text = ''] = texts
  if (texts.length !== 1) return texts
  if (schema.type === 'integer' && /^-?\d+$/.test(text)) return Number(text)
  return schema.type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text
}

/** What the server hears in the place of a parameter. */
const heardOf = (place: Parameter['in'], value: unknown): string[] | undefined => {
  if (value === undefined || (place === 'header' && !isSendable(value))) return undefined
  const texts = asTexts(value)
  if (place === 'query') return texts.length > 0 ? texts : undefined
  return [place === 'header' ? asText(value).trim() : asText(value)]
}

export const judgeOf = (document: Document) => {
  const compile = compilerOf(document)
  const lies = liesOf(document)

  const parametersFit = ({ operation, ...request }: Request): boolean => {
    const known = new Set(operation.parameters?.map(({ name }) => name))
    if (Object.keys(request.query).some(name => !known.has(name))) return false
    return (operation.parameters ?? []).every(({ name, in: place, required, schema }) => {
      const heard = heardOf(place, request[place][name])
      if (heard === undefined) return !required
      return compile(schema)(parsed(schema, heard)) && !unstorable(heard.join(' '))
    })
  }

  const bodyVerdict = ({ operation, raw }: Request): Verdict => {
    const schema = operation.requestBody?.content['application/json']?.schema
    if (!schema || raw === undefined) return 'fits'
    if (raw.length > BODY_BYTES_MAX || POISON.test(raw)) return 'unreadable'
    try {
      const value = JSON.parse(raw)
      return compile(schema)(value) && !unstorable(deepText(value)) ? 'fits' : 'unfit'
    } catch {
      return 'unreadable'
    }
  }

  const verdictOf = (request: Request): Verdict => {
    const path = Object.values(request.path).map(asText).join(' ')
    if (HALF.test(path)) return 'unreadable'
    const body = bodyVerdict(request)
    return body === 'fits' && !parametersFit(request) ? 'unfit' : body
  }

  /** What is wrong with an answer; nothing if it is right. */
  const faultsOf = (request: Request, heard: Heard): string[] => {
    const tooLong = heard.status === 431 && urlOf(request).length > ADDRESS_MAX
    const verdict = tooLong ? 'unreadable' : verdictOf(request)
    const found = lies(request.operation, heard)
    if (heard.status >= 500) found.push('the server failed')
    if (verdict === 'fits') return found
    if (heard.status < 400) found.push(`it was done, though it is ${verdict}`)
    const { field = '' } = (heard.body ?? {}) as { field?: string }
    if (verdict === 'unfit' && !names(field, request.field)) {
      found.push(`it names the field "${field}", not "${request.field}"`)
    }
    return found
  }

  return { verdictOf, faultsOf }
}

const names = (field: string, wanted: string): boolean =>
  field.toLowerCase() === wanted.toLowerCase() || field.startsWith(`${wanted}.`) || wanted === ''

/** Every text of a value, one after the other. */
const deepText = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${deepText(inner)}`)
    .join(' ')
}
