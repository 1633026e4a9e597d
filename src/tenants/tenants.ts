import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import { type CallOptions, read, write } from '../database/call.ts'
import type { Database } from '../database/connect.ts'
import type { Context } from '../database/context.ts'
import { HoldfastError } from '../errors.ts'
import type { Answer } from '../refusals.ts'

export type TenantSettings = {
  cart_window_seconds: number
  order_window_seconds: number
  extension_count_max: number
  /** No extension leads further than this past the creation of a hold. */
  hold_life_seconds_max: number
  /** The tenant-wide switch; the SKU's own must be on too. */
  tracked: boolean
}

/** One merchant's separate data. */
export type Tenant = TenantSettings & {
  code: string
  name: string
  /** The code of the tenant whose test keys work here; null for a live tenant. */
  sandbox_of: string | null
  catalog_version: number
  created_at: string
}

/** What a process needs to know to speak for a tenant. */
export type FoundTenant = {
  tenant_id: number
  tenant: string
  name: string
  settings: TenantSettings
  catalog_version: number
}

type Changes = { [Setting in keyof TenantSettings]?: TenantSettings[Setting] | undefined }
export type CreateTenant = Changes & { code: string; name?: string | undefined }
/** Without a code: the tenant that the library was opened for. */
export type UpdateTenant = Changes & { code?: string | undefined; name?: string | undefined }
export type ListTenants = PageRequest<'code' | 'created_at'> & {
  /** True: sandboxes only; false: live tenants only. */
  sandbox?: boolean | undefined
  q?: string | undefined
}

const CODE = /^[a-z0-9][a-z0-9_-]{0,62}$/

/** The first tenant has none to speak for. */
const NO_TENANT = 0

/** Finds a tenant by its code; throws unknown_tenant with a hint where there is none. */
export const findTenant = async (database: Database, code: string): Promise<FoundTenant> => {
  const found = CODE.test(code)
    ? await read<Answer<FoundTenant>>(database, NO_TENANT, 'find_tenant', { code })
    : undefined
  if (!found?.ok) {
    throw new HoldfastError('unknown_tenant', {
      message: `No tenant has the code "${code.slice(0, 63)}".`,
      hint: `Make it: npx holdfast tenants create ${code.slice(0, 63)}`,
    })
  }
  const { tenant_id, tenant, name, settings, catalog_version } = found
  return { tenant_id, tenant, name, settings, catalog_version }
}

/** Finds a tenant by its code, and makes it first where there is none. */
export const ensureTenant = async (
  database: Database,
  code: string,
  name?: string,
): Promise<FoundTenant> => {
  try {
    return await findTenant(database, code)
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'unknown_tenant') throw error
    if (!CODE.test(code)) throw error
    const made = await write<Tenant>(database, NO_TENANT, 'create_tenant', { code, name })
    // Somebody else may have made it meanwhile: then it is found now.
    if (!made.ok && made.refusal.code !== 'tenant_exists') {
      throw new HoldfastError('unknown_tenant', { message: made.refusal.message })
    }
    return findTenant(database, code)
  }
}

/**
 * The room of tenants. `create` and `list`, and any call with another tenant's code, are the
 * operator's: whoever serves this to others decides who that is.
 *
 * @example
 * await holdfast.tenants.create({ code: 'acme', name: 'Acme', cart_window_seconds: 900 })
 */
export const tenantsOf = (context: Context) => ({
  create: (request: CreateTenant, options?: CallOptions): Promise<Answer<Tenant>> =>
    writeFitting(context, 'create_tenant', request, options),
  get: (request: { code?: string | undefined } = {}): Promise<Answer<Tenant>> =>
    readFitting(context, 'get_tenant', request),
  list: (request: ListTenants = {}): Promise<PageAnswer<Tenant>> =>
    readFitting(context, 'list_tenants', request),
  update: (request: UpdateTenant, options?: CallOptions): Promise<Answer<Tenant>> =>
    writeFitting(context, 'update_tenant', request, options),
})

export type Tenants = ReturnType<typeof tenantsOf>
