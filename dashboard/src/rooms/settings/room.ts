import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'settings',
  title: { en: 'Settings', zh: '设置' },
  icon: 'settings',
  group: 'settings',
  order: 10,
  to: '/settings',
  key: ',',
  scope: 'admin',
  pages: [{ path: '/settings', load: () => import('./Settings.tsx') }],
  commands: [
    {
      title: { en: 'Change how mails look', zh: '更改邮件外观' },
      icon: 'mail',
      to: '/settings',
      keywords: 'logo sender 标志 发件人',
    },
  ],
})
