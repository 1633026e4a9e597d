import { defineRoom } from '../../frame/room.ts'
import { useSummary } from '../inventory/reads.ts'

export default defineRoom({
  id: 'shortages',
  title: { en: 'Shortage desk', zh: '短缺处理' },
  icon: 'warning',
  group: 'now',
  order: 60,
  key: 'x',
  pages: [{ path: '/shortages', load: () => import('./ShortagesPage.tsx') }],
  useBadge: () => {
    const { data } = useSummary()
    return data && data.short > 0 ? { count: data.short, hot: true } : null
  },
})
