import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'system',
  title: { en: 'System', zh: '系统' },
  icon: 'system',
  group: 'proof',
  order: 90,
  to: '/system',
  pages: [{ path: '/system', load: () => import('./System.tsx') }],
})
