import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'policies',
  title: { en: 'Policies', zh: '策略' },
  icon: 'policy',
  group: 'selling',
  order: 40,
  to: '/policies',
  key: 'y',
  pages: [
    { path: '/policies', load: () => import('./Policies.tsx') },
    { path: '/policies/explain', load: () => import('./Explain.tsx') },
    { path: '/policies/new', load: () => import('./NewRule.tsx') },
    { path: '/policies/$rule', load: () => import('./EditRule.tsx') },
  ],
  commands: [
    { title: { en: 'Make a rule', zh: '新建规则' }, icon: 'plus', to: '/policies/new' },
    {
      title: { en: 'Explain the policy of a SKU', zh: '解释某个 SKU 的策略' },
      icon: 'search',
      to: '/policies/explain',
      keywords: 'why hold backorder safety 策略',
    },
  ],
})
