/**
 * Every refusal: the business answer is no. A refusal is a returned value with facts, never thrown,
 * and changes nothing. The codes are permanent; `docs/reference/refusals.md` explains each.
 */
export const refusals = {
  insufficient_stock: 'Less is free than was asked for.',
  unknown_sku: 'No SKU has this code.',
  unknown_location: 'No location has this code.',
  level_not_found: 'This SKU is not stocked at this location.',
  too_large: 'The request has more lines, or a longer text, than the limit.',
  invalid_quantity: 'A quantity must be a whole number of the unit of the SKU, within the limits.',
  invalid_request: 'A field is missing, of the wrong kind, or unknown.',
  reservation_not_found: 'No reservation has this id.',
  reservation_exists: 'A reservation with this id exists already.',
  reservation_expired: 'The hold ended, and its units are not free any more.',
  already_released: 'The units of this reservation were given back.',
  extension_limit: 'The hold has been extended as often, or as far, as the settings allow.',
  exceeds_remaining: 'More than what remains open in this reservation.',
  exceeds_fulfilled: 'More than what was fulfilled and not yet returned.',
  not_on_hand: 'The books do not have these units on hand: count first.',
  awaits_supply: 'These units are not there yet: they wait for supply.',
  supply_not_found: 'No supply has this code.',
  supply_exists: 'Supply with this code was booked already.',
  supply_closed: 'This supply is not expected any more.',
  exceeds_ordered: 'More than was ordered, or less than was received already.',
  notice_not_found: 'There is no such notice.',
  notice_answered: 'This notice was answered already.',
  stale_quantity: 'The quantity is not the one that change_from names.',
  would_go_negative: 'The counter would fall below zero.',
  idempotency_key_reused: 'This key was used before with another content.',
  key_expired: 'This key was used more than 30 days ago; its answer is not kept any more.',
  product_not_found: 'No product has this handle.',
  product_exists: 'A product with this handle exists already.',
  variant_exists: 'The product has a variant with these options already.',
  sku_exists: 'A SKU with this code exists already.',
  code_in_use: 'This code leads to another SKU already.',
  sku_in_use: 'The SKU has stock or open reservations.',
  units_differ: 'The two SKUs are counted in different units.',
  location_exists: 'A location with this code exists already.',
  location_in_use: 'The location has stock or open reservations.',
  unknown_calendar: 'No calendar has this code.',
  calendar_exists: 'A calendar with this code exists already.',
  calendar_in_use: 'Locations work by this calendar.',
  unknown_channel: 'No channel has this code.',
  location_not_in_channel: 'The channel does not sell from this location.',
  channel_exists: 'A channel with this code exists already.',
  kit_not_found: 'This SKU is no kit.',
  kit_in_circle: 'A kit cannot contain itself, not even through other kits.',
  kit_too_deep: 'Kits are nested to three levels at most.',
  kit_in_use: 'The SKU has stock or promises that contradict this kit.',
  kit_is_virtual: 'A virtual kit is counted by its components and has no stock of its own.',
  kit_not_whole: 'The kit goes as a whole, and this would be a part of it.',
  rule_not_found: 'There is no such rule in force.',
  mail_not_found: 'No mail has this id.',
  mail_erased: 'The recipient of this mail was erased.',
  recipient_not_found: 'Nobody of this id or address is told.',
  cap_below_promised: 'More units are backordered already than the cap would allow.',
  tenant_not_found: 'No tenant has this code.',
  tenant_exists: 'A tenant with this code exists already.',
  key_not_found: 'No API key has this id.',
  person_not_found: 'Nobody has this id.',
  person_exists: 'Somebody has this address already.',
  person_needed: 'Only a person who has signed in can do this.',
  last_admin: 'The last admin stays: make another one first.',
  owner_exists: 'This tenant has its owner already.',
  link_not_found: 'This link was used, or replaced by a newer one, or is too old.',
  wrong_password: 'The address or the password is wrong.',
  weak_password: 'The password is too easy to guess.',
  too_many_attempts: 'Too many attempts: wait, then try again.',
  cart_open: 'This browser has a cart already.',
  cart_too_large: 'A browser may not hold so many units, or lines.',
  session_not_found: 'No session that is open has this id.',
  not_your_location: 'You may not change stock at this location.',
  webhook_not_found: 'No webhook endpoint has this id.',
  delivery_not_found: 'This endpoint was not sent an event with this id.',
  import_not_found: 'No import has this id.',
  precondition_failed: 'The resource has changed since the ETag in If-Match was read.',
} as const

export type RefusalCode = keyof typeof refusals

/** One line of a cart that could not be served, with what would help. */
export type RefusedLine = {
  line: number
  sku: string
  location?: string | null
  asked?: number
  available?: number
  next_expires_at?: string | null
  other_locations?: { location: string; available: number }[]
  version?: number | null
  /** Where units of it may be backordered: how, and how many more. */
  backorder?: { mode: string; left: number }
  /** When the next supply comes that nobody waits for yet. */
  supply?: { expected_to: string; units: number }
  /** Of a kit: the components that are short, in their own units. */
  components?: { sku: string; asked?: number; available?: number }[]
}

/** The business answer is no: a code to branch on, a sentence for people, and the facts. */
export type Refusal = {
  code: RefusalCode
  message: string
  lines?: RefusedLine[]
  [fact: string]: unknown
}

/** What every write returns: the grant with its content, or the refusal. */
export type Answer<Grant> =
  | ({ ok: true; replayed?: true } & Grant)
  | { ok: false; refusal: Refusal }
