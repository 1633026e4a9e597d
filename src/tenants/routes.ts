import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import { CreateTenant, ListTenants, TenantPage, TenantParams, UpdateTenant } from './shapes.ts'

const tag = 'Tenants'
const answer = Type.Ref('Tenant#')

/** Tenants over HTTP. */
export const tenantRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/tenants',
    scope: 'admin',
    tag,
    operation: 'list_tenants',
    summary: 'List tenants',
    query: ListTenants,
    answer: TenantPage,
    refusals: ['too_large'],
    call: (holdfast, { query }) => holdfast.tenants.list(query),
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
    call: (holdfast, { body, options }) => holdfast.tenants.create(body, options),
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
    call: (holdfast, { params }) => holdfast.tenants.get(params),
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
    call: (holdfast, { params, body, options }) =>
      holdfast.tenants.update({ ...body, ...params }, options),
  }),
]
