import type { Holdfast } from '../holdfast.ts'
import { CommandError } from './commandError.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const NAME_LENGTH_MAX = 255

/**
 * The id of the reservation that somebody names by it, or by its order. A word that leads to none
 * is given back as it is: the verb refuses it.
 */
export const reservationNamed = async (holdfast: Holdfast, named: string): Promise<string> => {
  if (UUID.test(named) || named === '' || named.length > NAME_LENGTH_MAX) return named
  const found = await holdfast.reservations({ order_reference: named, limit: 2 })
  const [one, another] = found.ok ? found.data : []
  if (another) {
    throw new CommandError('several_reservations', `Order ${named} has several reservations.`, {
      hint: `Name one by its id: holdfast reservations list --order ${named}`,
    })
  }
  return one?.reservation_id ?? named
}
