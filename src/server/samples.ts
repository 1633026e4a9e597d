import { bodies, codes, EXAMPLE_ORIGIN, importBody, parameters } from './examples.ts'

type Parameter = {
  name: string
  in: string
  required?: boolean
  schema?: { type?: string }
  example?: unknown
  examples?: Examples
}
type Examples = Record<string, { value: unknown }>
type Content = Record<string, { schema: object; examples?: Examples }>

/** An operation of the document, as far as its examples go. */
export type Sampled = {
  operationId: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Content }
  'x-codeSamples'?: { lang: string; label: string; source: string }[]
}

/** Words that the client has for an operation; the others are called by their names. */
const WORDS: Record<string, string> = {
  record_sale: 'recordSale',
  look_up_availability: 'availability',
  list_levels: 'levels',
  get_reservation: 'reservation',
  list_reservations: 'reservations',
  list_transactions: 'transactions',
  ...Object.fromEntries(
    ['reserve', 'amend', 'extend', 'commit', 'fulfill', 'release', 'return'].map(name => [
      name,
      name,
    ]),
  ),
  ...Object.fromEntries(['adjust', 'set', 'move', 'receive'].map(name => [name, name])),
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** A value as a person writes it in TypeScript. */
const written = (value: unknown): string => {
  if (typeof value === 'string') return `'${value.replaceAll("'", "\\'")}'`
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value).map(([name, each]) => `${name}: ${written(each)}`)
  return `{ ${entries.join(', ')} }`
}

type Given = { path: string; method: string; needed: Record<string, unknown>; body?: unknown }

const curlOf = ({ path, method, needed, body }: Given): string => {
  const taken = new Set<string>()
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    taken.add(name)
    return String(needed[name])
  })
  const query = Object.entries(needed).filter(([name]) => !taken.has(name))
  const search = query.map(([name, value]) => `${name}=${value}`).join('&')
  const isFile = typeof body === 'string'
  const lines = [
    `curl -sS${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} ` +
      `'${EXAMPLE_ORIGIN}${filled}${search ? `?${search}` : ''}'`,
    `  -H "Authorization: Bearer $HOLDFAST_KEY"`,
    ...(method === 'get' ? [] : [`  -H "Idempotency-Key: $(date +%s)-$RANDOM"`]),
    ...(body === undefined
      ? []
      : [
          `  -H 'Content-Type: ${isFile ? 'text/csv' : 'application/json'}'`,
          `  --data-binary ${quoted(isFile ? body : JSON.stringify(body))}`,
        ]),
  ]
  return lines.join(' \\\n')
}

const WIDE = 60

/** A request in one line, or with a line for each field where that would be wide. */
const requestOf = (fields: object): string => {
  const line = written(fields)
  if (line.length <= WIDE) return line
  const lines = Object.entries(fields).map(([name, value]) => `  ${name}: ${written(value)},`)
  return ['{', ...lines, '}'].join('\n')
}

const typescriptOf = (operation: string, { needed, body }: Given): string => {
  const fields = { ...needed, ...(body as object | undefined) }
  const request = Object.keys(fields).length === 0 ? '{}' : requestOf(fields)
  const word = WORDS[operation]
  const call = word ? `${word}(${request})` : `call('${operation}', ${request})`
  return [
    `import { holdfastClient } from '@holdfast/client'`,
    '',
    `const key = process.env.HOLDFAST_KEY ?? ''`,
    `const holdfast = holdfastClient({ url: '${EXAMPLE_ORIGIN}', key })`,
    `const answer = await holdfast.${call}`,
    `console.log(answer.ok ? answer : answer.refusal)`,
  ].join('\n')
}

const valueFor = ({ name, schema }: Parameter, tag: string): unknown => {
  const value = name === 'code' ? codes[tag] : parameters[name]
  return schema?.type === 'array' ? [value] : value
}

/** Gives an operation its example, and the call as curl and in TypeScript. */
export const addSamples = (path: string, method: string, operation: Sampled): void => {
  const needed: Record<string, unknown> = {}
  for (const parameter of operation.parameters ?? []) {
    if (!parameter.required) {
      // Whoever tries the call would send every filter that has an example, and find nothing.
      delete parameter.example
      continue
    }
    const value = valueFor(parameter, operation.tags?.[0] ?? '')
    parameter.examples = { demo: { value } }
    needed[parameter.name] = value
  }
  const content = Object.entries(operation.requestBody?.content ?? {})[0]
  const isFile = content !== undefined && content[0] !== 'application/json'
  const body = isFile ? importBody : bodies[operation.operationId]
  if (content && body !== undefined) content[1].examples = { demo: { value: body } }
  const given = { path, method, needed, ...(body === undefined ? {} : { body }) }
  operation['x-codeSamples'] = [
    { lang: 'Shell', label: 'curl', source: curlOf(given) },
    ...(isFile
      ? []
      : [
          {
            lang: 'TypeScript',
            label: '@holdfast/client',
            source: typescriptOf(operation.operationId, given),
          },
        ]),
  ]
}
