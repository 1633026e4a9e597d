import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'supply',
  title: { en: 'Supply', zh: '到货' },
  icon: 'truck',
  group: 'stock',
  order: 60,
  to: '/supply',
  key: 'u',
  pages: [
    { path: '/supply', load: () => import('./SupplyList.tsx') },
    { path: '/supply/$supply', load: () => import('./Supply.tsx') },
  ],
  commands: [{ title: { en: 'Book supply', zh: '登记到货' }, icon: 'plus', to: '/supply?new=1' }],
})
