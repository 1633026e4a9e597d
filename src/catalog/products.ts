import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import { readFitting, writeFitting } from './fitting.ts'
import type { PageAnswer, PageRequest } from './page.ts'

/** What is shown in the shop; its variants are what is bought. */
export type Product = {
  handle: string
  title: string
  vendor: string | null
  product_type: string | null
  option_names: string[]
  /** Variants that are not archived. */
  variant_count: number
  /** Columns of an imported row that we do not use, kept for export. */
  source: Record<string, unknown> | null
  created_at: string
  archived_at: string | null
}

export type ProductFields = {
  vendor?: string | null | undefined
  product_type?: string | null | undefined
  option_names?: string[] | undefined
  source?: Record<string, unknown> | null | undefined
}
export type CreateProduct = ProductFields & { handle: string; title: string }
export type UpdateProduct = ProductFields & {
  handle: string
  /** The new handle. */
  to?: string | undefined
  title?: string | undefined
}
export type ListProducts = PageRequest<'handle' | 'title' | 'created_at'> & {
  /** True: those that are archived; else those that are not. */
  archived?: boolean | undefined
  /** Letters of the handle or title, in any case. */
  q?: string | undefined
  vendor?: string | undefined
  product_type?: string | undefined
}

/**
 * The room of products, for one tenant.
 *
 * @example
 * await holdfast.products.create({ handle: 'tee', title: 'Tee', option_names: ['Size'] })
 */
export const productsOf = (context: Context) => ({
  create: (request: CreateProduct, options?: CallOptions): Promise<Answer<Product>> =>
    writeFitting(context, 'create_product', request, options),
  get: (request: { handle: string }): Promise<Answer<Product>> =>
    readFitting(context, 'get_product', request),
  list: (request: ListProducts = {}): Promise<PageAnswer<Product>> =>
    readFitting(context, 'list_products', request),
  update: (request: UpdateProduct, options?: CallOptions): Promise<Answer<Product>> =>
    writeFitting(context, 'update_product', request, options),
  archive: (request: { handle: string }, options?: CallOptions): Promise<Answer<Product>> =>
    writeFitting(context, 'archive_product', request, options),
  unarchive: (request: { handle: string }, options?: CallOptions): Promise<Answer<Product>> =>
    writeFitting(context, 'unarchive_product', request, options),
})

export type Products = ReturnType<typeof productsOf>
