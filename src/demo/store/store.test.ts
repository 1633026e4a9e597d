import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/database.ts'
import { createServer } from '../../server/server.ts'
import { seedDemo } from '../seed.ts'
import { productsIn } from './catalogue.ts'
import { goods, words_zh } from './demoGoods.ts'
import { texts } from './demoTexts.ts'
import { storeKey } from './storeKey.ts'

const { holdfast } = await freshDatabase()
let key: string | undefined
const app = await createServer({ holdfast, store: () => key })
let url: string

beforeAll(async () => {
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => app.close())

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url + path, { headers, redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** The cart of a new browser. */
const held = async (quantity: number) => {
  const response = await fetch(`${url}/v1/reservations`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${key}`, origin: url, 'content-type': 'application/json' },
    },
    body: JSON.stringify({ lines: [{ sku: 'ENAMEL-MUG-WHITE', quantity }] }),
  })
  const { reservation_id } = (await response.json()) as { reservation_id: string }
  return { reservation_id, browser: response.headers.get('x-holdfast-browser') ?? '' }
}

test('without a demo there is no store', async () => {
  expect((await get('/demo/store/en')).status).toBe(404)
  const bare = await createServer({ holdfast })
  expect((await bare.inject('/demo/store')).statusCode).toBe(404)
  await bare.close()
})

test('every product of the demo has its price and its texts in both languages', () => {
  const english = productsIn('en')
  expect(english.filter(({ handle }) => !goods[handle])).toEqual([])
  expect(Object.keys(goods).filter(each => !english.some(({ handle }) => handle === each))).toEqual(
    [],
  )
  expect(Object.keys(texts.zh)).toEqual(Object.keys(texts.en))
  const names = english.flatMap(({ options }) => options.map(({ name }) => name))
  const words = english.flatMap(({ options }) => options.flatMap(({ values }) => values))
  const same = /^(XL|S|M|L|[\d-]+( (cm|l|kg|g))?)$/
  const needed = [...names, ...words.map(({ word }) => word)].filter(word => !same.test(word))
  expect(needed.filter(word => !words_zh[word])).toEqual([])
})

test('pages are whole without a script, in both languages, under a strict policy', async () => {
  await seedDemo(holdfast)
  key = 'hf_pub_"><script>'
  expect((await get('/demo/store', { 'accept-language': 'zh-CN' })).headers.get('location')).toBe(
    '/demo/store/zh',
  )
  const [english, chinese, product] = [
    await get('/demo/store/en'),
    await get('/demo/store/zh'),
    await get('/demo/store/en/products/harbour-tee'),
  ]
  for (const { status, text, headers } of [english, chinese, product]) {
    expect(status).toBe(200)
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self';/)
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(text).not.toMatch(/<script(?! type="module" src=)|\son\w+=|style="/)
    expect(text).toContain('content="hf_pub_&quot;&gt;&lt;script&gt;"')
  }
  expect(english.text).toContain('Harbour Tee')
  expect(chinese.text).toContain('海港 T 恤')
  expect(product.text).toContain(
    '<holdfast-stock sku="HARBOUR-TEE-S-NAVY">In stock</holdfast-stock>',
  )
  expect(english.text.match(/<holdfast-stock /g)).toHaveLength(40)
})

test('what is not there is not found: languages, products, orders of others', async () => {
  const paths = [
    '/de',
    '/en/products/none',
    '/en/orders/N-1001',
    '/en/orders/D-00000000',
    '/__proto__',
  ]
  for (const path of paths) {
    expect({ path, ...(await get(`/demo/store${path}`)) }).toMatchObject({ path, status: 404 })
  }
})

test('the checkout places the order of a cart once, and says so when it is too late', async () => {
  key = await storeKey(holdfast, url)
  const shopper = await held(2)
  const { reservation_id } = shopper
  const checkOut = async (body: unknown, browser = shopper.browser) => {
    const headers = { 'content-type': 'application/json', 'x-holdfast-browser': browser }
    const request = { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await fetch(`${url}/demo/store/checkout`, request)
    return { status: response.status, body: (await response.json()) as { reference?: string } }
  }
  const first = await checkOut({ reservation_id })
  expect(first.body).toMatchObject({
    ok: true,
    reference: expect.stringMatching(/^D-[0-9A-F]{8}$/),
  })
  expect(await checkOut({ reservation_id })).toEqual(first)
  const order = await get(`/demo/store/zh/orders/${first.body.reference}`)
  expect(order.text).toContain('搪瓷杯')
  expect(order.text).toContain('2 × ')
  const other = await held(1)
  for (const browser of [shopper.browser, '', 'x', `${other.browser}x`]) {
    expect((await checkOut({ reservation_id: other.reservation_id }, browser)).body).toEqual({
      ...{ ok: false, code: 'reservation_not_found' },
    })
  }
  await holdfast.release({ reservation_id: other.reservation_id })
  const late = await checkOut({ reservation_id: other.reservation_id }, other.browser)
  expect(late.body).toEqual({ ok: false, code: 'already_released' })
  for (const body of [{}, { reservation_id: 'x' }, { reservation_id: 1 }, []]) {
    expect((await checkOut(body)).status).toBe(400)
  }
})
