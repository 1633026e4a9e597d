import { api } from '../../api/client.ts'
import { answerOf } from '../../api/problem.ts'
import { defineRoom } from '../../frame/room.ts'

const FOUND_MAX = 5

export default defineRoom({
  id: 'kits',
  title: { en: 'Kits', zh: '套装' },
  icon: 'kit',
  group: 'stock',
  order: 50,
  to: '/kits',
  pages: [
    { path: '/kits', load: () => import('./Kits.tsx') },
    { path: '/kits/$kit', load: () => import('./Kit.tsx') },
  ],
  commands: [{ title: { en: 'Make a kit', zh: '新建套装' }, icon: 'plus', to: '/kits?new=1' }],
  search: async (text, signal) => {
    const query = { q: text, limit: FOUND_MAX }
    const { data } = await answerOf(api.GET('/v1/kits', { params: { query }, signal }))
    return data.map(({ sku }) => ({
      title: sku,
      icon: 'kit',
      to: `/kits/${encodeURIComponent(sku)}`,
    }))
  },
})
