import { api, type Reservation } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'

export const TOUCHED = ['reservations', 'inventory', 'levels', 'transactions', 'overview']

export type Line = Reservation['lines'][number]

/** What of a line is out and not back. */
export const outOf = (line: Line): number => line.fulfilled - line.returned

export const toShip = ({ lines }: { lines: Line[] }): number =>
  lines.reduce((sum, line) => sum + line.committed, 0)

export const shipped = ({ lines }: { lines: Line[] }): number =>
  lines.reduce((sum, line) => sum + line.fulfilled, 0)

type Part = { sku: string; location: string | null; quantity: number }
type State = 'available' | 'damaged' | 'quality_control'

export const useShipping = (reservation_id: string) => {
  const params = { path: { reservation_id } }
  return {
    fulfill: useWrite(
      ({ lines, document }: { lines: Part[]; document: string }) =>
        api.POST('/v1/reservations/{reservation_id}/fulfill', {
          params,
          body: { lines, ...(document === '' ? {} : { document }) },
        }),
      TOUCHED,
      { quiet: true },
    ),
    takeBack: useWrite(
      ({ lines, reason }: { lines: (Part & { state: State })[]; reason: string }) =>
        api.POST('/v1/reservations/{reservation_id}/return', {
          params,
          body: { lines, ...(reason === '' ? {} : { reason }) },
        }),
      TOUCHED,
      { quiet: true },
    ),
  }
}
