import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'people',
  title: { en: 'People', zh: '成员' },
  icon: 'people',
  group: 'settings',
  order: 20,
  to: '/people',
  scope: 'admin',
  pages: [
    { path: '/people', load: () => import('./People.tsx') },
    { path: '/people/$person', load: () => import('./Person.tsx') },
    { path: '/sessions', load: () => import('./Sessions.tsx'), scope: 'read' },
  ],
  commands: [
    { title: { en: 'Invite somebody', zh: '邀请成员' }, icon: 'plus', to: '/people?new=1' },
    {
      title: { en: 'See who is signed in, and where', zh: '查看谁在哪里登录' },
      icon: 'key',
      to: '/sessions',
    },
  ],
})
