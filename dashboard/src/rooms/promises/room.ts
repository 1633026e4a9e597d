import { api } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { defineRoom } from '../../frame/room.ts'

/** Promises whose day has gone by. */
const useLate = () => {
  const { data } = useRead(['promises', 'rate'], signal =>
    api.GET('/v1/promises/rate', { params: { query: {} }, signal }),
  )
  const late = data?.open_late ?? 0
  return late === 0 ? null : { count: late, hot: true }
}

export default defineRoom({
  id: 'promises',
  title: { en: 'Promises', zh: '承诺' },
  icon: 'calendar',
  group: 'now',
  order: 60,
  to: '/promises',
  key: 'm',
  useBadge: useLate,
  pages: [
    { path: '/promises', load: () => import('./Promises.tsx') },
    { path: '/promises/$reservation', load: () => import('./Promise.tsx') },
    { path: '/backorders', load: () => import('./Backorders.tsx') },
  ],
  commands: [
    {
      title: { en: 'See who waits for stock', zh: '查看谁在等货' },
      icon: 'back',
      to: '/backorders',
      keywords: 'backorders queue 缺货预订',
    },
  ],
})
