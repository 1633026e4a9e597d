import { api } from '../../api/client.ts'
import { answerOf } from '../../api/problem.ts'
import { defineRoom } from '../../frame/room.ts'

const FOUND_MAX = 5

export default defineRoom({
  id: 'channels',
  title: { en: 'Channels', zh: '渠道' },
  icon: 'channel',
  group: 'selling',
  order: 30,
  to: '/channels',
  pages: [
    { path: '/channels', load: () => import('./Channels.tsx') },
    { path: '/channels/$channel', load: () => import('./Channel.tsx') },
  ],
  commands: [
    { title: { en: 'Make a channel', zh: '新建渠道' }, icon: 'plus', to: '/channels?new=1' },
  ],
  search: async (text, signal) => {
    const query = { q: text, limit: FOUND_MAX }
    const { data } = await answerOf(api.GET('/v1/channels', { params: { query }, signal }))
    return data.map(({ code, name }) => ({
      title: name,
      detail: code,
      icon: 'channel',
      to: `/channels/${encodeURIComponent(code)}`,
    }))
  },
})
