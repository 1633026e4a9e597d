import Type from 'typebox'
import { closed, Instant, orNull, pageOf, pageQuery, SearchText } from '../shapes.ts'

const YEAR_SECONDS = 31_536_000

const Name = Type.String({ minLength: 1, maxLength: 255, description: 'For people.' })

const window = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: YEAR_SECONDS, description }))

const settings = {
  cart_window_seconds: window('How long a cart holds; default 1800.'),
  order_window_seconds: window('How long an unpaid order holds; default 3600.'),
  extension_count_max: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 10_000, description: 'Extensions of one hold.' }),
  ),
  hold_life_seconds_max: window('No extension leads further past the creation of a hold.'),
  tracked: Type.Optional(
    Type.Boolean({ description: 'Off: no SKU is counted, every reservation is granted.' }),
  ),
}

export const TenantCode = Type.String({
  pattern: '^[a-z0-9][a-z0-9_-]{0,62}$',
  description: 'Small letters, digits, _ and -.',
})

export const CreateTenant = closed({
  code: TenantCode,
  name: Type.Optional(Name),
  ...settings,
})
export const UpdateTenant = closed({ name: Type.Optional(Name), ...settings }, { minProperties: 1 })
export const TenantParams = closed({ code: Type.String() })
export const ListTenants = closed({
  ...pageQuery(['code', '-code', 'created_at', '-created_at']),
  q: Type.Optional(SearchText),
  sandbox: Type.Optional(Type.Boolean({ description: 'Left out: both.' })),
})

export const Tenant = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    code: Type.String(),
    name: Type.String(),
    sandbox_of: orNull(Type.String({ description: 'The tenant whose test keys work here.' })),
    catalog_version: Type.Integer(),
    cart_window_seconds: Type.Integer(),
    order_window_seconds: Type.Integer(),
    extension_count_max: Type.Integer(),
    hold_life_seconds_max: Type.Integer(),
    tracked: Type.Boolean(),
    created_at: Instant,
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'Tenant' },
)

export const TenantPage = pageOf(Type.Ref('Tenant#'))
