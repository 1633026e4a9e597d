import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'mail',
  title: { en: 'Mails', zh: '邮件' },
  icon: 'mail',
  group: 'proof',
  order: 50,
  to: '/mails',
  scope: 'admin',
  pages: [
    { path: '/mails', load: () => import('./Mails.tsx') },
    { path: '/mails/preview', load: () => import('./Preview.tsx') },
    { path: '/mails/$mail', load: () => import('./Mail.tsx') },
  ],
  commands: [
    { title: { en: 'Preview a mail', zh: '预览邮件' }, icon: 'mail', to: '/mails/preview' },
    { title: { en: 'Send a test mail', zh: '发送测试邮件' }, icon: 'mail', to: '/mails?test=1' },
  ],
})
