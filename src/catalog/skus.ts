import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import { readFitting, writeFitting } from './fitting.ts'
import type { PageAnswer, PageRequest } from './page.ts'

/** Sums over the levels of a SKU; a hold whose time is over counts as free. */
export type SkuTotals = {
  levels: number
  on_hand: number
  held: number
  committed: number
  damaged: number
  quality_control: number
  set_aside: number
  shortage: number
  available: number
}

/** What is counted: a code, with all other codes that lead to it. */
export type Sku = {
  code: string
  unit: string
  unit_decimals: number
  /** Its own switch. */
  tracked: boolean
  /** Its own switch and the tenant's: both must be on. */
  tracked_effective: boolean
  former_codes: string[]
  aliases: { code: string; factor: number }[]
  barcodes: string[]
  variants: { product: string; option_values: string[] }[]
  totals: SkuTotals
  created_at: string
  archived_at: string | null
}

/** A SKU as it was asked for: one of `asked_as` is `factor` units. */
export type SkuAnswer = Sku & { asked_as: string; factor: number }

/** A SKU is named by any of its codes: own, former or alias. */
export type SkuName = { sku: string; code?: undefined } | { code: string; sku?: undefined }

export type CreateSku = {
  code: string
  unit?: string | undefined
  unit_decimals?: number | undefined
  tracked?: boolean | undefined
  barcode?: string | undefined
  barcodes?: string[] | undefined
}
export type UpdateSku = SkuName & {
  tracked?: boolean | undefined
  unit?: string | undefined
  unit_decimals?: number | undefined
  /** The new whole. */
  barcodes?: string[] | undefined
}
export type RenameSku = SkuName & { to: string }
export type AliasSku = SkuName & { alias: string; factor?: number | undefined }
export type UnaliasSku = SkuName & { alias: string }
export type MergeSkus = { from: string; into: string }
export type ListSkus = PageRequest<'code' | 'created_at'> & {
  /** By both switches. */
  tracked?: boolean | undefined
  /** True: those that are archived; else those that are not. */
  archived?: boolean | undefined
  /** The handle of a product. */
  product?: string | undefined
  /** Letters of any code, in any case; or a whole barcode. */
  q?: string | undefined
}

/**
 * The room of SKUs, for one tenant.
 *
 * @example
 * await holdfast.skus.create({ code: 'TEE-M' })
 * await holdfast.skus.rename({ sku: 'TEE-M', to: 'TEE-M-BLUE' })
 * await holdfast.skus.alias({ sku: 'TEE-M-BLUE', alias: 'TEE-M-6PACK', factor: 6 })
 * const sku = await holdfast.skus.get({ code: 'TEE-M' }) // code: 'TEE-M-BLUE', asked_as: 'TEE-M'
 */
export const skusOf = (context: Context) => ({
  create: (request: CreateSku, options?: CallOptions): Promise<Answer<SkuAnswer>> =>
    writeFitting(context, 'create_sku', request, options),
  get: (request: SkuName): Promise<Answer<SkuAnswer>> => readFitting(context, 'get_sku', request),
  list: (request: ListSkus = {}): Promise<PageAnswer<Sku>> =>
    readFitting(context, 'list_skus', request),
  update: (request: UpdateSku, options?: CallOptions): Promise<Answer<SkuAnswer>> =>
    writeFitting(context, 'update_sku', request, options),
  rename: (request: RenameSku, options?: CallOptions): Promise<Answer<SkuAnswer>> =>
    writeFitting(context, 'rename_sku', request, options),
  alias: (request: AliasSku, options?: CallOptions): Promise<Answer<SkuAnswer>> =>
    writeFitting(context, 'alias_sku', request, options),
  unalias: (request: UnaliasSku, options?: CallOptions): Promise<Answer<SkuAnswer>> =>
    writeFitting(context, 'unalias_sku', request, options),
  archive: (request: SkuName, options?: CallOptions): Promise<Answer<SkuAnswer>> =>
    writeFitting(context, 'archive_sku', request, options),
  unarchive: (request: SkuName, options?: CallOptions): Promise<Answer<SkuAnswer>> =>
    writeFitting(context, 'unarchive_sku', request, options),
  merge: (request: MergeSkus, options?: CallOptions): Promise<Answer<SkuAnswer>> =>
    writeFitting(context, 'merge_skus', request, options),
})

export type Skus = ReturnType<typeof skusOf>
