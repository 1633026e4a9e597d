import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'

/** What a kit is made of: units of a SKU in one kit. A pack's code counts packs. */
export type KitComponent = { sku: string; quantity: number }

/** A SKU that is made of others. */
export type Kit = {
  sku: string
  /** True: it has stock, built from its components; false: it is counted by them. */
  assembled: boolean
  /** Components may leave one by one; else only whole kits ship. */
  ships_partial: boolean
  /** With `kit` where a component is a kit itself. */
  components: (KitComponent & { kit: 'virtual' | 'assembled' | null })[]
  /** What it comes down to, virtual kits among its components taken apart. */
  parts: KitComponent[]
  /** The kits that it is a component of. */
  part_of: string[]
  changed_at: string
}

export type SetKit = {
  sku: string
  components: KitComponent[]
  assembled?: boolean | undefined
  ships_partial?: boolean | undefined
}

export type ClearedKit = { sku: string; cleared: true }

export type ListKits = PageRequest<'sku'> & {
  assembled?: boolean | undefined
  /** Any code of a SKU: kits that have it as a component. */
  component?: string | undefined
  /** Letters of the code, in any case. */
  q?: string | undefined
}

export type BuildKit = {
  sku: string
  location: string
  /** Kits. */
  quantity: number
  reason?: string | undefined
  document?: string | undefined
  /** When it happened in the world (ISO 8601). */
  occurred_at?: string | undefined
}

/** What was built or broken down: the kit and its components at the location, afterwards. */
export type KitBuild = {
  build: string
  sku: string
  location: string
  quantity: number
  lines: {
    sku: string
    location: string
    change: number
    on_hand: number
    available: number
    version: number
  }[]
}

/**
 * The room of kits, for one tenant. A virtual kit is sold by its components: `reserve` takes them
 * apart before anything is checked. An assembled kit is built and broken down like stock.
 *
 * @example
 * await holdfast.kits.set({
 *   sku: 'GIFT-BOX',
 *   components: [{ sku: 'MUG', quantity: 2 }, { sku: 'TEA', quantity: 1 }],
 * })
 * await holdfast.reserve({ lines: [{ sku: 'GIFT-BOX', location: 'berlin', quantity: 1 }] })
 */
export const kitsOf = (context: Context) => ({
  /** Makes a kit, or says anew what it is made of; what was sold keeps its parts. */
  set: (request: SetKit, options?: CallOptions): Promise<Answer<Kit>> =>
    writeFitting(context, 'set_kit', request, options),
  get: (request: { sku: string }): Promise<Answer<Kit>> => readFitting(context, 'get_kit', request),
  list: (request: ListKits = {}): Promise<PageAnswer<Kit>> =>
    readFitting(context, 'list_kits', request),
  /** Makes it an ordinary SKU again. */
  clear: (request: { sku: string }, options?: CallOptions): Promise<Answer<ClearedKit>> =>
    writeFitting(context, 'clear_kit', request, options),
  /** Builds assembled kits of their components, in one transaction. */
  build: (request: BuildKit, options?: CallOptions): Promise<Answer<KitBuild>> =>
    writeFitting(context, 'build_kit', request, options),
  /** Breaks assembled kits down into their components. */
  breakDown: (request: BuildKit, options?: CallOptions): Promise<Answer<KitBuild>> =>
    writeFitting(context, 'break_down_kit', request, options),
})

export type Kits = ReturnType<typeof kitsOf>
