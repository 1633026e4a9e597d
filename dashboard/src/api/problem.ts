/** What the server says when it says no, or what became of the call on its way. */
export type ProblemFacts = {
  code: string
  title: string
  detail: string
  status: number
  hint?: string
  request_id?: string
  [fact: string]: unknown
}

/** A call that was refused or failed, with the facts of RFC 9457. */
export class Problem extends Error {
  readonly facts: ProblemFacts

  constructor(facts: ProblemFacts) {
    super(facts.detail)
    this.name = 'Problem'
    this.facts = facts
  }

  get code(): string {
    return this.facts.code
  }
}

const isProblem = (body: unknown): body is ProblemFacts =>
  typeof body === 'object' && body !== null && typeof (body as ProblemFacts).code === 'string'

/** Anything thrown, as a Problem. */
export const problemOf = (thrown: unknown): Problem => {
  if (thrown instanceof Problem) return thrown
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  const code = thrown instanceof TypeError ? 'server_unreachable' : 'broken_page'
  return new Problem({ code, title: detail, detail, status: 0 })
}

type Answered<Data> = { data?: Data; error?: unknown; response: Response }

/** The content of an answer; a refusal or an error is thrown as a Problem. */
export const answerOf = async <Data>(call: Promise<Answered<Data>>): Promise<Data> => {
  const { data, error, response } = await call
  if (response.ok) return data as Data
  if (isProblem(error)) throw new Problem(error)
  const title = `${response.status} ${response.statusText}`
  throw new Problem({ code: 'unreadable_answer', title, detail: title, status: response.status })
}
