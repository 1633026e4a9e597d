import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'keys',
  title: { en: 'Keys', zh: '密钥' },
  icon: 'key',
  group: 'settings',
  order: 30,
  to: '/keys',
  scope: 'admin',
  pages: [
    { path: '/keys', load: () => import('./Keys.tsx') },
    { path: '/keys/publishable', load: () => import('./Publishable.tsx') },
  ],
  commands: [{ title: { en: 'Make a key', zh: '新建密钥' }, icon: 'plus', to: '/keys?new=1' }],
})
