import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer, Refusal } from '../refusals.ts'
import { writeFitting } from './fitting.ts'

/** At most so many variants in one call. */
export const ENSURE_VARIANTS_MAX = 2_000

export type EnsureVariant = {
  option_values?: string[] | undefined
  sku: string
  /** Absent: a new SKU is tracked, one that exists stays as it is. */
  tracked?: boolean | undefined
  barcode?: string | null | undefined
  /** Absent: its place in the list. */
  position?: number | undefined
  source?: Record<string, unknown> | null | undefined
  unit?: string | undefined
  unit_decimals?: number | undefined
}
export type EnsureProduct = {
  handle: string
  /** Needed for a product that does not exist yet; what is absent stays as it is. */
  title?: string | undefined
  vendor?: string | null | undefined
  product_type?: string | null | undefined
  option_names?: string[] | undefined
  source?: Record<string, unknown> | null | undefined
  variants?: EnsureVariant[] | undefined
}
export type Outcome = 'created' | 'updated' | 'unchanged' | 'refused'

/** What became of an import: one entry for each handle and each variant, in the order given. */
export type EnsuredCatalog = {
  products: { handle: string; outcome: Outcome }[]
  /** `sku` is the SKU's own code now. */
  variants: { product: string; option_values: string[]; sku: string; outcome: Outcome }[]
  refusals: (Refusal & { product?: string; option_values?: string[]; sku?: string })[]
}

/**
 * Brings products, variants and SKUs to what an import says; the same input again changes nothing.
 *
 * @example
 * await ensureCatalog(context, { products: [{ handle: 'tee', title: 'Tee', option_names: ['Size'],
 *   variants: [{ option_values: ['M'], sku: 'TEE-M' }] }] })
 */
export const ensureCatalog = (
  context: Context,
  request: { products: EnsureProduct[] },
  options?: CallOptions,
): Promise<Answer<EnsuredCatalog>> => writeFitting(context, 'ensure_catalog', request, options)
