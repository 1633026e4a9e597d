import { expect, test } from 'vitest'
import { expectAccessible, PASSWORD, type World } from './world.ts'

const EMAIL = 'mara@shop.example'
const SKU = 'HARBOUR-TEE-M-NAVY'

export const journeys = (world: World): void => {
  test('somebody comes in by a link, goes, is refused with a wrong password, and comes back', async () => {
    const asked = await world.holdfast.people.invite({ email: EMAIL, name: 'Mara', role: 'seller' })
    const page = await world.open(`/join#${asked.ok ? asked.link : ''}`, { stranger: true })
    await page.getByRole('heading', { level: 1, name: /^Welcome/ }).waitFor()
    await page.getByLabel('New password').fill(PASSWORD)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(await page.evaluate(() => document.cookie)).toBe('')
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { level: 1, name: 'Sign in to Holdfast' }).waitFor()
    await page.getByLabel('E-mail').fill(EMAIL)
    await page.getByLabel('Password').fill('a wrong sentence of words')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await expectAccessible(page)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await page.context().close()
  })

  test('a session that was ended elsewhere shows the door, and its cookie opens nothing', async () => {
    const theirs = await world.open('/inventory', { role: 'stock_keeper' })
    await theirs.getByRole('row').nth(1).waitFor()
    const me = await theirs.request.get(`${world.url}/v1/me`)
    const { person } = (await me.json()) as { person: { name: string } }
    const lines = [{ sku: SKU, location: 'hamburg', quantity: 1 }]
    const forged = await theirs.request.post(`${world.url}/v1/stock/adjust`, {
      headers: { origin: 'https://evil.example' },
      data: { lines },
    })
    expect(forged.status()).toBe(403)
    const admin = await world.open('/sessions')
    const row = admin.getByRole('row').filter({ hasText: person.name })
    await row.getByRole('button', { name: 'End' }).click()
    await admin.getByText(`Ended a session of ${person.name}`).waitFor()
    await theirs.getByRole('searchbox').fill('harbour')
    await theirs.getByRole('heading', { level: 1, name: 'Sign in to Holdfast' }).waitFor()
    expect((await theirs.request.get(`${world.url}/v1/levels`)).status()).toBe(401)
    await Promise.all([theirs, admin].map(page => page.context().close()))
  })

  test('a role sees its own pages, and is told of the others; the server agrees', async () => {
    const page = await world.open('/', { role: 'seller' })
    await page.getByRole('link', { name: 'Reservations' }).first().waitFor()
    expect(await page.getByRole('link', { name: 'People' }).count()).toBe(0)
    for (const path of ['/people', '/keys', '/settings', '/audit-log']) {
      await page.goto(`${world.url}${path}`)
      await page.getByRole('heading', { level: 1, name: 'Not for your role' }).waitFor()
    }
    await expectAccessible(page)
    for (const path of ['/v1/people', '/v1/keys', '/v1/audit-log']) {
      expect((await page.request.get(`${world.url}${path}`)).status(), path).toBe(403)
    }
    await page.context().close()
  })

  test('somebody of another tenant sees nothing of this one', async () => {
    const made = await world.holdfast.tenants.create({ code: 'rival', name: 'Rival' })
    expect(made.ok).toBe(true)
    const lines = [{ sku: SKU, location: 'hamburg', quantity: 1 }]
    const hold = await world.holdfast.reserve({ lines, buyer: 'not-for-rivals' })
    const id = hold.ok ? hold.reservation_id : ''
    const page = await world.open('/', { shop: await world.holdfast.forTenant('rival') })
    await page.getByText('No stock yet').waitFor()
    for (const path of [`/skus/${SKU}`, `/reservations/${id}`, '/products/harbour-tee']) {
      await page.goto(`${world.url}${path}`)
      await page.getByRole('alert').waitFor()
    }
    expect((await page.request.get(`${world.url}/v1/reservations/${id}`)).status()).toBe(404)
    expect((await page.request.get(`${world.url}/v1/skus/${SKU}`)).status()).toBe(404)
    await page.context().close()
  })
}
