import { api } from '../../api/client.ts'
import { answerOf } from '../../api/problem.ts'
import { defineRoom, type Found } from '../../frame/room.ts'
import { languageNow } from '../../frame/words.ts'
import { formatFor } from '../../parts/format.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

/** By its id, by an order's whole reference, or by the buyer's key. */
const search = async (text: string, signal: AbortSignal): Promise<Found[]> => {
  const wanted = text.trim()
  if (UUID.test(wanted)) {
    return [{ title: wanted, icon: 'clock', to: `/reservations/${wanted.toLowerCase()}` }]
  }
  const upper = wanted.toUpperCase()
  const lists = await Promise.all(
    [...new Set([wanted, upper])].flatMap(each =>
      [{ order_reference: each }, { buyer: each }].map(query =>
        answerOf(
          api.GET('/v1/reservations', { params: { query: { ...query, limit: 3 } }, signal }),
        ),
      ),
    ),
  )
  return lists
    .flatMap(({ data }) => data)
    .map(each => ({
      title: each.order_reference ?? each.buyer ?? each.reservation_id,
      detail: formatFor(languageNow()).joined(each.lines.map(line => line.sku)),
      icon: 'clock',
      to: `/reservations/${each.reservation_id}`,
    }))
}

export default defineRoom({
  id: 'reservations',
  title: { en: 'Reservations', zh: '预留' },
  icon: 'clock',
  group: 'now',
  order: 40,
  key: 'r',
  phone: 4,
  pages: [
    { path: '/reservations', load: () => import('./ReservationsPage.tsx') },
    { path: '/reservations/$reservation', load: () => import('./ReservationPage.tsx') },
  ],
  commands: [
    {
      title: { en: 'Why was it refused?', zh: '为什么被拒绝？' },
      icon: 'search',
      to: '/reservations?explain=1',
      keywords: 'refusal insufficient stock',
    },
    {
      title: { en: 'Hold stock for somebody', zh: '为某人暂留库存' },
      icon: 'plus',
      to: '/reservations?hold=1',
      keywords: 'staff reserve',
    },
  ],
  search,
})
