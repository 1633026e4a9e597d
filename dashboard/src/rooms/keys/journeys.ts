import { expect, test } from 'vitest'
import { expectAccessible, type World } from '../../../e2e/world.ts'

export const journeys = (world: World): void => {
  test('a key is shown once, works, and is refused as soon as it is revoked', async () => {
    const page = await world.open('/keys?new=1')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Till 7')
    await dialog.getByRole('button', { name: 'Make key' }).click()
    const key = await dialog.getByLabel('Keys', { exact: true }).innerText()
    const ask = () =>
      fetch(`${world.url}/v1/levels`, { headers: { authorization: `Bearer ${key}` } })
    expect((await ask()).status).toBe(200)
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'I have it' }).click()
    expect(await page.content()).not.toContain(key)
    const row = page.getByRole('row').filter({ hasText: 'Till 7' })
    await row.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('Revoked the key Till 7').waitFor()
    await row.waitFor({ state: 'detached' })
    expect((await ask()).status).toBe(401)
    await page.context().close()
  })

  test('a publishable key is bound to origins, and is no secret', async () => {
    const page = await world.open('/keys/publishable?new=1')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Shop pages')
    await dialog.getByLabel('Pages').fill('https://shop.example')
    await dialog.getByRole('button', { name: 'Make key' }).click()
    const row = page.getByRole('row').filter({ hasText: 'Shop pages' })
    await row.getByText(/^hf_pub/).waitFor()
    await expectAccessible(page)
    await row.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await row.waitFor({ state: 'detached' })
    await page.context().close()
  })
}
