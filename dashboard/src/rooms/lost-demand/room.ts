import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'lost-demand',
  title: { en: 'Lost demand', zh: '流失需求' },
  icon: 'cart',
  group: 'selling',
  order: 60,
  to: '/lost-demand',
  pages: [{ path: '/lost-demand', load: () => import('./LostDemand.tsx') }],
})
