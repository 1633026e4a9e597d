import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'overview',
  title: { en: 'Overview', zh: '总览' },
  icon: 'home',
  group: 'now',
  order: 10,
  key: 'o',
  phone: 1,
  pages: [{ path: '/', load: () => import('./OverviewPage.tsx') }],
})
