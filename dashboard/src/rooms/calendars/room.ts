import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'calendars',
  title: { en: 'Calendars', zh: '日历' },
  icon: 'calendar',
  group: 'settings',
  order: 60,
  to: '/calendars',
  pages: [
    { path: '/calendars', load: () => import('./Calendars.tsx') },
    { path: '/calendars/$calendar', load: () => import('./Calendar.tsx') },
  ],
  commands: [
    { title: { en: 'Make a calendar', zh: '新建日历' }, icon: 'plus', to: '/calendars?new=1' },
  ],
})
