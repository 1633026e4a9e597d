import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import { readFitting, writeFitting } from './fitting.ts'
import type { PageAnswer, PageRequest } from './page.ts'

/** A buyable version of a product: one cell of its option matrix, counted by a SKU. */
export type Variant = {
  product: string
  option_values: string[]
  sku: string
  barcodes: string[]
  position: number
  unit: string
  unit_decimals: number
  /** The own switch of its SKU. */
  tracked: boolean
  source: Record<string, unknown> | null
  created_at: string
  archived_at: string | null
}

/** A variant is named by its product and its option values, in the order of the options. */
export type VariantName = { product: string; option_values?: string[] | undefined }

export type CreateVariant = VariantName & {
  /** Any code; the SKU is made if no SKU has it. */
  sku: string
  position?: number | undefined
  source?: Record<string, unknown> | null | undefined
  /** For a SKU that is made here. */
  unit?: string | undefined
  unit_decimals?: number | undefined
  tracked?: boolean | undefined
  barcode?: string | undefined
  barcodes?: string[] | undefined
}
export type UpdateVariant = VariantName & {
  /** The new option values. */
  to?: string[] | undefined
  /** Counted by this existing SKU from now on. */
  sku?: string | undefined
  position?: number | undefined
  source?: Record<string, unknown> | null | undefined
}
export type ListVariants = PageRequest<'position' | 'created_at'> & {
  product: string
  /** True: those that are archived; else those that are not. */
  archived?: boolean | undefined
}

/**
 * The room of variants, for one tenant.
 *
 * @example
 * await holdfast.variants.create({ product: 'tee', option_values: ['M'], sku: 'TEE-M' })
 */
export const variantsOf = (context: Context) => ({
  create: (request: CreateVariant, options?: CallOptions): Promise<Answer<Variant>> =>
    writeFitting(context, 'create_variant', request, options),
  list: (request: ListVariants): Promise<PageAnswer<Variant>> =>
    readFitting(context, 'list_variants', request),
  update: (request: UpdateVariant, options?: CallOptions): Promise<Answer<Variant>> =>
    writeFitting(context, 'update_variant', request, options),
  archive: (request: VariantName, options?: CallOptions): Promise<Answer<Variant>> =>
    writeFitting(context, 'archive_variant', request, options),
  unarchive: (request: VariantName, options?: CallOptions): Promise<Answer<Variant>> =>
    writeFitting(context, 'unarchive_variant', request, options),
})

export type Variants = ReturnType<typeof variantsOf>
