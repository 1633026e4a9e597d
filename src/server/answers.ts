import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import { type Answering, answerPage, type Choice } from '../mail/answerPage.ts'
import { type Question, readToken, type Token } from '../mail/answers.ts'
import { text } from '../mail/facts.ts'
import type { Look } from '../mail/letter.ts'

/** No script at all; the logo is the tenant's own address. */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src https: http:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const STATUSES = { open: 200, answered: 200, over: 410, failed: 503, nothing: 404 }

const sendPage = (reply: FastifyReply, answering: Answering): FastifyReply =>
  reply
    .code(STATUSES[answering.state])
    .header('content-security-policy', POLICY)
    .type('text/html; charset=utf-8')
    .send(answerPage(answering))

/** How a page looks whose tenant is not known. */
const plainLook = (request: FastifyRequest): Look => ({
  shop: '',
  logo_url: null,
  colour: null,
  language: /^zh\b/i.test(request.headers['accept-language'] ?? '') ? 'zh' : 'en',
})

const lookOf = ({ settings, language }: Question): Look => ({
  shop: settings.name,
  logo_url: settings.logo_url,
  colour: settings.colour,
  language,
})

const choiceOf = (value: unknown): Choice | undefined =>
  value === 'keep' || value === 'cancel' ? value : undefined

type Found = { holdfast: Holdfast; token: Token; question: Question }

/** Whose link it is; undefined for one that we have not signed. */
const find = async (operator: Holdfast, text: string): Promise<Found | undefined> => {
  const token = readToken(text)
  if (token === undefined) return undefined
  try {
    const holdfast = await operator.forTenant(token.tenant)
    if (!(await holdfast.answers.isSigned(token))) return undefined
    const question = await holdfast.answers.question(token)
    return question.ok ? { holdfast, token, question } : undefined
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'unknown_tenant') return undefined
    throw error
  }
}

const orderOf = (question: Question): string => text(question.data['order_reference'])

/** What the link shows: to look changes nothing, as mail scanners look at every link. */
const show = ({ question }: Found, wish: Choice): Answering => {
  const look = lookOf(question)
  const order = orderOf(question)
  const { answer: choice, over, data: facts } = question
  if (choice !== null && !over) return { state: 'answered', choice, first: false, order, look }
  return over ? { state: 'over', look } : { state: 'open', facts, order, look, wish }
}

const give = async ({ holdfast, token, question }: Found, wish: Choice): Promise<Answering> => {
  const look = lookOf(question)
  const answer = await holdfast.answers.give({ mail_id: token.mail_id, choice: wish })
  if (!answer.ok || answer.choice === null) return { state: 'over', look }
  const { choice, first } = answer
  return { state: 'answered', choice, first, order: orderOf(question), look }
}

type Asked = { Params: { token: string }; Querystring: { choice?: string } }

/** The page on which a buyer answers a mail; it needs neither a key nor a script. */
export const serveAnswers = (app: FastifyInstance, operator: Holdfast): void => {
  const FORM = 'application/x-www-form-urlencoded'
  app.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: 1_024 }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  )
  const answering =
    (act: (found: Found, request: FastifyRequest<Asked>) => Promise<Answering>) =>
    async (request: FastifyRequest<Asked>, reply: FastifyReply) => {
      const look = plainLook(request)
      try {
        const found = await find(operator, request.params.token)
        return sendPage(reply, found ? await act(found, request) : { state: 'nothing', look })
      } catch (error) {
        request.log.error({ request_id: request.id, err: error }, 'failed')
        return sendPage(reply, { state: 'failed', look })
      }
    }
  const hidden = { schema: { hide: true } }
  app.get<Asked>(
    '/answer/:token',
    hidden,
    answering(async (found, { query }) => show(found, choiceOf(query.choice) ?? 'keep')),
  )
  app.post<Asked>(
    '/answer/:token',
    hidden,
    answering(async (found, { body }) => {
      const wish = body instanceof URLSearchParams ? choiceOf(body.get('choice')) : undefined
      return wish ? give(found, wish) : show(found, 'keep')
    }),
  )
}
