import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'webhooks',
  title: { en: 'Webhooks', zh: 'Webhook' },
  icon: 'webhook',
  group: 'settings',
  order: 40,
  to: '/webhooks',
  scope: 'admin',
  pages: [
    { path: '/webhooks', load: () => import('./Webhooks.tsx') },
    { path: '/webhooks/$endpoint', load: () => import('./Webhook.tsx') },
    { path: '/webhooks/$endpoint/$event', load: () => import('./Delivery.tsx') },
  ],
  commands: [
    {
      title: { en: 'Make a webhook', zh: '新建 Webhook' },
      icon: 'plus',
      to: '/webhooks?new=1',
    },
  ],
})
