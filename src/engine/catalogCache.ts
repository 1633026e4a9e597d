import type { Clock } from '../clock.ts'
import { read } from '../database/call.ts'
import type { Database } from '../database/connect.ts'

export type Place = {
  level_id: number
  sku: string
  location: string
  /** The window of a cart, where a rule of policy has another than the tenant's settings. */
  hold_seconds?: number
  /** Of the policy, where a rule has a say in it. */
  policy_version?: number
}
export type Settings = { catalog_version: number; cart_window_seconds: number }
type View = Settings & { pairs: (Place | null)[] | null }
type Entry = { place: Place | null; found_at_ms: number }
/** By location, then by SKU: a name of both would have to be built and hashed for every line. */
type Entries = Map<string, Map<string, Entry>>
type TenantCatalog = { settings: Settings; entries: Entries; count: number }
/** A pair that is looked for, and what all who want it wait for. */
type Wanted = {
  pair: [string, string]
  found: Promise<Place | null>
  resolve(place: Place | null): void
  reject(e: unknown): void
}

const ENTRIES_MAX = 200_000
/** A place that does not exist may be made at any time, which raises no version. */
const NOWHERE_MAX_AGE_MS = 1_000

const nameOf = (sku: string, location: string): string => `${sku}\u0000${location}`

const entryOf = (entries: Entries | undefined, sku: string, location: string): Entry | undefined =>
  entries?.get(location)?.get(sku)

const wantedOf = (pair: [string, string]): Wanted => {
  let resolve: Wanted['resolve'] = () => {}
  let reject: Wanted['reject'] = () => {}
  const found = new Promise<Place | null>((onFound, onFailed) => {
    resolve = onFound
    reject = onFailed
  })
  return { pair, found, resolve, reject }
}

/**
 * Remembers which level a pair of codes leads to, per tenant, at one version of the catalog. The
 * database compares that version in the same call that decides, so a stale entry decides nothing.
 */
export class CatalogCache {
  readonly #database: Database
  readonly #clock: Clock
  readonly #tenants = new Map<number, TenantCatalog>()
  readonly #wanted = new Map<number, Map<string, Wanted>>()

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  settings(tenantId: number): Settings | undefined {
    return this.#tenants.get(tenantId)?.settings
  }

  /** The place of a pair: at once when it is known, else with the next look that is gathered. */
  find(tenantId: number, sku: string, location: string): Place | null | Promise<Place | null> {
    const entry = entryOf(this.#tenants.get(tenantId)?.entries, sku, location)
    if (entry?.place) return entry.place
    if (entry && this.#clock.monotonicMs() - entry.found_at_ms < NOWHERE_MAX_AGE_MS) return null
    let wanted = this.#wanted.get(tenantId)
    if (!wanted) {
      wanted = new Map()
      this.#wanted.set(tenantId, wanted)
      setImmediate(() => void this.#look(tenantId))
    }
    const name = nameOf(sku, location)
    const want = wanted.get(name) ?? wantedOf([sku, location])
    wanted.set(name, want)
    return want.found
  }

  forget(tenantId: number): void {
    this.#tenants.delete(tenantId)
  }

  async #look(tenantId: number): Promise<void> {
    const wanted = [...(this.#wanted.get(tenantId)?.values() ?? [])]
    this.#wanted.delete(tenantId)
    try {
      const pairs = wanted.map(({ pair }) => pair)
      const view = await read<View>(this.#database, tenantId, 'catalog_view', { pairs })
      const entries = this.#remember(tenantId, view, pairs)
      for (const want of wanted) want.resolve(entryOf(entries, ...want.pair)?.place ?? null)
    } catch (error) {
      for (const want of wanted) want.reject(error)
    }
  }

  #remember(tenantId: number, view: View, pairs: [string, string][]): Entries {
    const before = this.#tenants.get(tenantId)
    const current =
      before?.settings.catalog_version === view.catalog_version &&
      before.count + pairs.length <= ENTRIES_MAX
    const entries: Entries = current ? before.entries : new Map()
    for (const [index, [sku, location]] of pairs.entries()) {
      const place = view.pairs?.[index] ?? null
      const bySku = entries.get(location) ?? new Map<string, Entry>()
      bySku.set(sku, { place, found_at_ms: this.#clock.monotonicMs() })
      entries.set(location, bySku)
    }
    const { catalog_version, cart_window_seconds } = view
    const settings = { catalog_version, cart_window_seconds }
    const count = (current ? before.count : 0) + pairs.length
    this.#tenants.set(tenantId, { settings, entries, count })
    return entries
  }
}
