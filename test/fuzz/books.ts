import type pg from 'pg'

// Everything that a request could have changed, as one text: rows and what is in them.

/** Rows of these are never changed: to count them is enough. */
const appended = ['inventory_transactions', 'requests', 'events', 'audit_log', 'kit_builds']

const changed = [
  'levels',
  'reservations',
  'allocations',
  'products',
  'variants',
  'skus',
  'sku_codes',
  'barcodes',
  'locations',
  'imports',
  'calendars',
  'holidays',
  'business_days',
  'channels',
  'policies',
  'people',
  'publishable_keys',
  'browser_carts',
  'person_links',
  'kits',
  'kit_components',
  'mail_settings',
  'mails',
  'mail_causes',
  'contacts',
  'notice_recipients',
]

/** That a key was used is noted once a minute, whatever it was used for. */
const KEYS = `select k.key_id, k.name, k.scopes, k.revoked_at from holdfast.api_keys k
  where k.tenant_id = $1`
const TENANT = 'select t.* from holdfast.tenants t where t.tenant_id = $1'
/** What other tenants are at in the meantime raises the versions of their catalogues. */
const TENANTS = `select to_jsonb(t) - 'catalog_version' from holdfast.tenants t
  where $1::int is not null`

const sumOf = (rows: string): string =>
  `(select count(*) || ':' || coalesce(sum(hashtextextended(r::text, 0)::numeric), 0)
    from (${rows}) as r)`

/** The books of one tenant, and for the operator the list of all tenants. */
export const booksOf = async (
  database: pg.Client,
  tenantId: number,
  operator: boolean,
): Promise<string> => {
  const rows = [
    ...appended.map(table => `select 1 as one from holdfast.${table} t where t.tenant_id = $1`),
    ...changed.map(table => `select t.* from holdfast.${table} t where t.tenant_id = $1`),
    KEYS,
    operator ? TENANTS : TENANT,
  ]
  const text = `select concat_ws(' ', ${rows.map(sumOf).join(', ')}) as books`
  const name = operator ? 'books of the operator' : 'books'
  return (await database.query({ name, text, values: [tenantId] })).rows[0].books
}
