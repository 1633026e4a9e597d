import { api } from '../../api/client.ts'
import { answerOf } from '../../api/problem.ts'
import { defineRoom, type Found } from '../../frame/room.ts'

const search = async (q: string, signal: AbortSignal): Promise<Found[]> => {
  const query = { q, limit: 4 }
  const page = await answerOf(api.GET('/v1/products', { params: { query }, signal }))
  return page.data.map(({ title, handle }) => ({
    title,
    detail: handle,
    icon: 'tag',
    to: `/products/${encodeURIComponent(handle)}`,
  }))
}

export default defineRoom({
  id: 'products',
  title: { en: 'Products', zh: '商品' },
  icon: 'tag',
  group: 'now',
  order: 30,
  key: 'd',
  pages: [
    { path: '/products', load: () => import('./ProductsPage.tsx') },
    { path: '/products/$handle', load: () => import('./ProductPage.tsx') },
  ],
  commands: [
    { title: { en: 'Make a product', zh: '新建商品' }, icon: 'plus', to: '/products?new=1' },
  ],
  search,
})
