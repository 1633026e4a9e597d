import type { Holdfast } from '../../holdfast.ts'

const NAME = 'demo store'

/** Where a browser of this machine may have found the server. */
const originsOf = (url: string): string[] => {
  const { port } = new URL(url)
  return ['127.0.0.1', 'localhost'].map(host => `http://${host}:${port}`)
}

/** The key of the store's pages: no secret, so it is found again among those of the tenant. */
export const storeKey = async (holdfast: Holdfast, url: string): Promise<string | undefined> => {
  const origins = originsOf(url)
  const listed = await holdfast.publishableKeys.list({ limit: 250 })
  const found = listed.ok ? listed.data.find(({ name }) => name === NAME) : undefined
  const answer = found
    ? await holdfast.publishableKeys.update({ key_id: found.key_id, origins })
    : await holdfast.publishableKeys.create({ name: NAME, origins })
  return answer.ok ? answer.key : undefined
}
