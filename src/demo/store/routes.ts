import type { FastifyInstance, FastifyReply } from 'fastify'
import Type from 'typebox'
import { HoldfastError } from '../../errors.ts'
import type { Holdfast } from '../../holdfast.ts'
import { scriptRoute } from '../../server/element.ts'
import { goodsLines, type Product, productsIn, type Stock } from './catalogue.ts'
import { checkOut, orderLines } from './checkOut.ts'
import { isLanguage, type Language } from './demoTexts.ts'
import { flagOf } from './flags.ts'
import { cartPage, type Frame, listPage, orderPage, productPage } from './pages.ts'
import { style } from './style.ts'

export type StoreOptions = {
  holdfast: Holdfast
  /** The publishable key of the pages; undefined while there is no demo. */
  key: () => string | undefined
  /** The folder of what browsers load. */
  assets?: string | undefined
}

/** No inline script, no inline style, nothing from elsewhere, in nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const hidden = { schema: { hide: true } }
const OF_A_DAY = 'public, max-age=86400'

const html = (reply: FastifyReply, text: string): FastifyReply =>
  reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(text)

const stockOf = async (holdfast: Holdfast, products: Product[]): Promise<Stock> => {
  const skus = products.flatMap(({ variants }) => variants.map(({ sku }) => sku))
  const answer = await holdfast.availability({ skus })
  return new Map(answer.ok ? answer.data.map(found => [found.sku, found]) : [])
}

const missing = (): never => {
  throw new HoldfastError('route_not_found')
}

type Named = { Params: { language: string; name: string } }

/** The frame of a page, or a page that is not there: no demo, or no such language. */
const frameOf = (options: StoreOptions, language: string, below = ''): Frame => {
  const key = options.key()
  if (!key || !isLanguage(language)) return missing()
  const other: Language = language === 'en' ? 'zh' : 'en'
  return { language, key, elsewhere: `/demo/store/${other}${below}` }
}

const servePages = (app: FastifyInstance, options: StoreOptions): void => {
  const { holdfast } = options
  app.get('/demo/store', hidden, (request, reply) => {
    const chinese = /^\s*zh\b/i.test(request.headers['accept-language'] ?? '')
    return reply.redirect(`/demo/store/${chinese ? 'zh' : 'en'}`, 302)
  })
  app.get<Named>('/demo/store/:language', hidden, async (request, reply) => {
    const on = frameOf(options, request.params.language)
    const products = productsIn(on.language)
    return html(reply, listPage(on, products, await stockOf(holdfast, products)))
  })
  app.get<Named>('/demo/store/:language/products/:name', hidden, async (request, reply) => {
    const { language, name } = request.params
    const on = frameOf(options, language, `/products/${encodeURIComponent(name)}`)
    const product = productsIn(on.language).find(({ handle }) => handle === name) ?? missing()
    return html(reply, productPage(on, product, await stockOf(holdfast, [product])))
  })
  app.get<Named>('/demo/store/:language/cart', hidden, (request, reply) =>
    html(reply, cartPage(frameOf(options, request.params.language, '/cart'))),
  )
  app.get<Named>('/demo/store/:language/orders/:name', hidden, async (request, reply) => {
    const { language, name } = request.params
    const on = frameOf(options, language, `/orders/${encodeURIComponent(name)}`)
    const lines = (await orderLines(holdfast, on.language, name)) ?? missing()
    return html(reply, orderPage(on, name, lines))
  })
}

const CheckOut = Type.Object({
  reservation_id: Type.String({ format: 'uuid' }),
})

/** The demo store: its pages, what they load, and the checkout, which has the secret side. */
export const serveStore = (app: FastifyInstance, options: StoreOptions): void => {
  const { holdfast, assets } = options
  servePages(app, options)
  app.get('/demo/store/store.js', hidden, scriptRoute('store.js', assets))
  app.get('/demo/store/store.css', hidden, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .type('text/css; charset=utf-8')
      .send(style),
  )
  app.get<Named>('/demo/store/pictures/:name', hidden, (request, reply) =>
    reply.header('cache-control', OF_A_DAY).type('image/svg+xml').send(flagOf(request.params.name)),
  )
  app.get<Named>('/demo/store/:language/goods.json', hidden, request =>
    goodsLines(frameOf(options, request.params.language).language),
  )
  app.post<{ Body: { reservation_id: string } }>(
    '/demo/store/checkout',
    { schema: { hide: true, body: CheckOut } },
    async request => {
      const key = options.key() ?? missing()
      const { reservation_id } = request.body
      const browser = String(request.headers['x-holdfast-browser'] ?? '')
      return checkOut(holdfast, { key, browser, reservation_id })
    },
  )
}
