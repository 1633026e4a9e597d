import fc from 'fast-check'
import { draft, type ModelVerb, ofReservation, someParts } from '../draft.ts'
import { partsOf, type Taken } from '../parts.ts'
import { isRefusal } from '../wants.ts'
import { type Decide, levelOf, type Reservation, refused, reservationFacts } from '../world.ts'

const decide: Decide = (world, request) => {
  const unitsOf = ({ fulfilled, returned }: { fulfilled: number; returned: number }) =>
    fulfilled - returned
  const found = partsOf(world, request, unitsOf, 'exceeds_fulfilled')
  if (isRefusal(found)) return found
  const { reservation, parts } = found as { reservation: Reservation; parts: Taken[] }
  if (parts.length === 0) return refused('exceeds_fulfilled')
  for (const { allocation, take, state = request['state'] } of parts) {
    allocation.returned += take
    const level = levelOf(world, allocation.sku, allocation.location)
    if (!level || !allocation.tracked) continue
    level.on_hand += take
    if (state === 'damaged' || state === 'quality_control') level[state] += take
  }
  return reservationFacts(reservation)
}

export const takeBack: ModelVerb = {
  verb: 'return',
  weight: 5,
  draw: draft({
    of: ofReservation,
    state: fc.constantFrom(undefined, 'damaged', 'quality_control'),
    lines: someParts({ state: fc.constantFrom(undefined, 'damaged', 'available') }),
  }),
  decide,
}
