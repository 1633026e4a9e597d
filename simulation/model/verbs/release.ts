import { draft, type ModelVerb, ofReservation, someParts } from '../draft.ts'
import { giveBack, partsOf, type Taken } from '../parts.ts'
import { isRefusal } from '../wants.ts'
import {
  type Decide,
  type Reservation,
  refused,
  reservationFacts,
  unitsHeld,
  unitsOrdered,
} from '../world.ts'

const decide: Decide = (world, request) => {
  const found = partsOf(
    world,
    request,
    each => unitsHeld(each) + unitsOrdered(each),
    'exceeds_remaining',
  )
  if (isRefusal(found)) return found
  const { reservation, parts } = found as { reservation: Reservation; parts: Taken[] }
  if (parts.length === 0) return refused('exceeds_remaining')
  for (const { allocation, take } of parts) giveBack(world, allocation, take)
  return reservationFacts(reservation)
}

export const release: ModelVerb = {
  verb: 'release',
  weight: 4,
  draw: draft({ of: ofReservation, lines: someParts() }),
  decide,
}
