import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'

export type LocationKind = 'warehouse' | 'store' | 'fulfillment_center' | '3pl' | 'drop_ship'

/** A place that holds stock. */
export type Location = {
  code: string
  name: string
  kind: LocationKind
  time_zone: string
  /** "Anywhere" asks the lowest number first. */
  priority: number
  /** The code of the calendar of its working days; null: Monday to Friday. */
  calendar: string | null
  /** HH:MM by its own clock: orders from then on ship on the next working day; null: none. */
  cut_off: string | null
  /** Business days that its carrier takes; null: nobody knows. */
  carrier_days_min: number | null
  carrier_days_max: number | null
  /** SKUs that are stocked there. */
  levels: number
  created_at: string
  archived_at: string | null
}

export type LocationFields = {
  name?: string | undefined
  kind?: LocationKind | undefined
  /** A name of the IANA time zones, like Europe/Berlin. */
  time_zone?: string | undefined
  priority?: number | undefined
  /** The code of a calendar; null takes it away. */
  calendar?: string | null | undefined
  /** HH:MM by its own clock; null takes it away. */
  cut_off?: string | null | undefined
  /** Business days that its carrier takes, set together; null takes them away. */
  carrier_days_min?: number | null | undefined
  carrier_days_max?: number | null | undefined
}
export type CreateLocation = LocationFields & { code: string }
export type UpdateLocation = LocationFields & {
  code: string
  /** The new code; the old one leads nowhere then. */
  to?: string | undefined
}
export type ListLocations = PageRequest<'code' | 'priority' | 'created_at'> & {
  /** True: those that are archived; else those that are not. */
  archived?: boolean | undefined
  kind?: LocationKind | undefined
  /** Letters of the code or name, in any case. */
  q?: string | undefined
}

/**
 * The room of locations, for one tenant.
 *
 * @example
 * await holdfast.locations.create({ code: 'berlin', kind: 'store', time_zone: 'Europe/Berlin' })
 */
export const locationsOf = (context: Context) => ({
  create: (request: CreateLocation, options?: CallOptions): Promise<Answer<Location>> =>
    writeFitting(context, 'create_location', request, options),
  get: (request: { code: string }): Promise<Answer<Location>> =>
    readFitting(context, 'get_location', request),
  list: (request: ListLocations = {}): Promise<PageAnswer<Location>> =>
    readFitting(context, 'list_locations', request),
  update: (request: UpdateLocation, options?: CallOptions): Promise<Answer<Location>> =>
    writeFitting(context, 'update_location', request, options),
  archive: (request: { code: string }, options?: CallOptions): Promise<Answer<Location>> =>
    writeFitting(context, 'archive_location', request, options),
  unarchive: (request: { code: string }, options?: CallOptions): Promise<Answer<Location>> =>
    writeFitting(context, 'unarchive_location', request, options),
})

export type Locations = ReturnType<typeof locationsOf>
