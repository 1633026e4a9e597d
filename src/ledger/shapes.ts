import Type from 'typebox'
import {
  closed,
  Document,
  Instant,
  LocationCode,
  OrderReference,
  orNull,
  pageOf,
  pageQuery,
  SkuCode,
} from '../shapes.ts'

const kinds = [
  'reserve',
  'amend',
  'commit',
  'fulfill',
  'release',
  'expire',
  'return',
  'record_sale',
  'adjust',
  'set',
  'move',
  'receive',
  'merge',
  'import',
] as const

export const ListTransactions = closed({
  ...pageQuery([]),
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  reservation_id: Type.Optional(Type.String({ maxLength: 64 })),
  document: Type.Optional(Document),
  order_reference: Type.Optional(OrderReference),
  kind: Type.Optional(Type.Enum([...kinds])),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
})

export const Transaction = Type.Object(
  {
    sku: orNull(Type.String()),
    location: orNull(Type.String()),
    kind: Type.Enum([...kinds]),
    version: orNull(Type.Integer()),
    recorded_at: Instant,
    occurred_at: Type.Optional(orNull(Instant)),
    reservation_id: Type.Optional(orNull(Type.String())),
    reason: Type.Optional(orNull(Type.String())),
    document: Type.Optional(orNull(Type.String())),
  },
  {
    $id: 'Transaction',
    additionalProperties: true,
    description: 'One movement of the ledger: changes, and the balances after it.',
  },
)

export const TransactionPage = pageOf(Type.Ref('Transaction#'))
