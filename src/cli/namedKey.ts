import type { PageAnswer } from '../catalog/page.ts'

const PAGE = 250

/** The key of an id, page by page; what is none, the engine refuses. */
export const keyNamed = async <Key extends { key_id: number }>(
  list: (page: { limit: number; cursor?: string }) => Promise<PageAnswer<Key>>,
  id: string,
): Promise<Key | undefined> => {
  let cursor: string | null | undefined
  do {
    const page = await list({ limit: PAGE, ...(cursor ? { cursor } : {}) })
    if (!page.ok) return undefined
    const found = page.data.find(({ key_id }) => `${key_id}` === id)
    if (found) return found
    cursor = page.next_cursor
  } while (cursor)
  return undefined
}
