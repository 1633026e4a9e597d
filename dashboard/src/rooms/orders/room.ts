import { defineRoom } from '../../frame/room.ts'
import { useSummary } from '../inventory/reads.ts'

export default defineRoom({
  id: 'orders',
  title: { en: 'Orders to ship', zh: '待发货' },
  icon: 'truck',
  group: 'now',
  order: 50,
  key: 's',
  phone: 3,
  pages: [
    { path: '/orders', load: () => import('./OrdersPage.tsx') },
    { path: '/orders/$reservation', load: () => import('./OrderPage.tsx') },
    { path: '/orders/print', load: () => import('./PrintPage.tsx') },
  ],
  useBadge: () => {
    const { data } = useSummary()
    return data && data.orders.count > 0 ? { count: data.orders.count } : null
  },
})
