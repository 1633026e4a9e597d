import Type from 'typebox'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import { refusals } from '../refusals.ts'
import { type Route, route } from '../server/route.ts'
import { CreateTenant, ListTenants, TenantPage, TenantParams, UpdateTenant } from './shapes.ts'

const tag = 'Tenants'
const answer = Type.Ref('Tenant#')

const OPERATOR_ONLY = 'Only a key of the tenant that the server was started on makes tenants.'

/** To anybody but the operator, another merchant's tenant does not exist. */
const refuseOther = (code: string, { tenant, operator }: { tenant: string; operator: boolean }) =>
  operator || code === tenant
    ? undefined
    : { ok: false, refusal: { code: 'tenant_not_found', message: refusals.tenant_not_found } }

const onlyOwn = async (holdfast: Holdfast) => {
  const own = await holdfast.tenants.get({})
  if (!own.ok) return own
  const { ok: _, ...tenant } = own
  return { ok: true, data: [tenant], next_cursor: null }
}

/** Tenants over HTTP. */
export const tenantRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/tenants',
    scope: 'admin',
    tag,
    operation: 'list_tenants',
    summary: 'List tenants',
    description:
      'All of them for a key of the tenant that the server was started on; else its own.',
    query: ListTenants,
    answer: TenantPage,
    refusals: ['too_large'],
    call: (holdfast, { query, operator }) =>
      operator ? holdfast.tenants.list(query) : onlyOwn(holdfast),
  }),
  route({
    method: 'POST',
    url: '/v1/tenants',
    scope: 'admin',
    tag,
    operation: 'create_tenant',
    summary: 'Make a tenant',
    body: CreateTenant,
    answer,
    status: 201,
    refusals: ['tenant_exists', 'too_large'],
    call: async (holdfast, { body, options, operator }) => {
      if (!operator) throw new HoldfastError('forbidden', { message: OPERATOR_ONLY })
      return holdfast.tenants.create(body, options)
    },
  }),
  route({
    method: 'GET',
    url: '/v1/tenants/:code',
    scope: 'admin',
    tag,
    operation: 'get_tenant',
    summary: 'Read one tenant',
    params: TenantParams,
    answer,
    missing: 'tenant_not_found',
    refusals: ['too_large'],
    etag: true,
    call: async (holdfast, { params, ...who }) =>
      refuseOther(params.code, who) ?? holdfast.tenants.get(params),
  }),
  route({
    method: 'PATCH',
    url: '/v1/tenants/:code',
    scope: 'admin',
    tag,
    operation: 'update_tenant',
    summary: 'Change the settings of a tenant',
    params: TenantParams,
    body: UpdateTenant,
    answer,
    refusals: ['tenant_not_found', 'too_large'],
    call: async (holdfast, { params, body, options, ...who }) =>
      refuseOther(params.code, who) ?? holdfast.tenants.update({ ...body, ...params }, options),
  }),
]
