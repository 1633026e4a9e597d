import type { components, operations, retryable } from './api.generated.ts'

export type Operation = keyof operations

type Json<Content> = Content extends { content: { 'application/json': infer Body } }
  ? Body
  : unknown
type Known<Values> = [NonNullable<Values>] extends [never] ? unknown : NonNullable<Values>
type PartOf<Parameters, Part extends string> = Parameters extends { [part in Part]?: infer Values }
  ? Known<Values>
  : unknown
type BodyOf<Name extends Operation> = operations[Name] extends { requestBody?: infer Content }
  ? Known<Json<NonNullable<Content>>>
  : unknown
type ParametersOf<Name extends Operation> = operations[Name]['parameters']

/** What an operation takes: the fields of its path, query and body, in one object. */
export type RequestOf<Name extends Operation> = PartOf<ParametersOf<Name>, 'path'> &
  PartOf<ParametersOf<Name>, 'query'> &
  BodyOf<Name>

type Responses<Name extends Operation> = operations[Name]['responses']
type GrantOf<Name extends Operation> = Json<Responses<Name>[keyof Responses<Name> & (200 | 201)]>

type Problem = components['schemas']['Problem']

/** The business answer is no: a code to branch on, a sentence for people, and the facts. */
export type Refusal = {
  code: Exclude<Problem['code'], keyof typeof retryable>
  message: string
  hint?: string
  lines?: Problem['lines']
  [fact: string]: unknown
}

/** What an operation answers: the grant with its content, or the refusal. */
export type AnswerOf<Name extends Operation> =
  | (Omit<GrantOf<Name>, 'ok'> & { ok: true; replayed?: true; unavailable?: undefined })
  | { ok: false; refusal: Refusal }

/** Nobody could be asked, and the shop sells on: book the order by recordSale afterwards. */
export type Unavailable = {
  ok: true
  unavailable: true
  /** Of the call: made again with it later, it finds what was done after all. */
  key: string
}

/** What reserve answers, by what the shop does while the server is not available. */
export type ReserveAnswer<When extends 'sell' | 'stop'> =
  | AnswerOf<'reserve'>
  | (When extends 'sell' ? Unavailable : never)
