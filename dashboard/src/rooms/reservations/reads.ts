import { api, type Reservation } from '../../api/client.ts'
import { useList, useRead } from '../../api/use.ts'

export type State = Reservation['state']

export const useReservations = (asked: Record<string, string | undefined>) => {
  const query = Object.fromEntries(Object.entries(asked).filter(([, value]) => value))
  return useList<Reservation>(['reservations', 'list', query], (cursor, signal) =>
    api.GET('/v1/reservations', {
      params: { query: { ...query, limit: 100, ...(cursor ? { cursor } : {}) } },
      signal,
    }),
  )
}

export const useReservation = (reservation_id: string) =>
  useRead(['reservations', 'one', reservation_id], signal =>
    api.GET('/v1/reservations/{reservation_id}', {
      params: { path: { reservation_id } },
      signal,
    }),
  )

export const useHistory = (reservation_id: string) =>
  useRead(['transactions', 'reservation', reservation_id], signal =>
    api.GET('/v1/transactions', {
      params: { query: { reservation_id, limit: 100 } },
      signal,
    }),
  )

type Lines = { lines: Reservation['lines'] }

export const openOf = ({ lines }: Lines): number =>
  lines.reduce((sum, line) => sum + line.held + line.committed, 0)

export const unitsOf = ({ lines }: Lines): number =>
  lines.reduce((sum, line) => sum + line.quantity, 0)

export const calledOf = (each: Reservation): string =>
  each.order_reference ?? each.buyer ?? each.owner ?? `…${each.reservation_id.slice(-8)}`
