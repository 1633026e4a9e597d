import Type from 'typebox'
import {
  Counter,
  choice,
  closed,
  Document,
  Instant,
  LocationCode,
  OrderReference,
  orNull,
  pageOf,
  pageQuery,
  SkuCode,
  text,
  Version,
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
  'correct',
  'merge',
  'import',
  'allocate',
  'build',
  'break_down',
  'buffer',
] as const

export const ListTransactions = closed({
  ...pageQuery(['-recorded_at', 'recorded_at']),
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  reservation_id: Type.Optional(text(64, 'The id of a reservation.')),
  document: Type.Optional(Document),
  order_reference: Type.Optional(OrderReference),
  kind: Type.Optional(choice(kinds)),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
})

const change = Type.Optional(Type.Integer())
const changes = {
  on_hand: change,
  held: change,
  committed: change,
  backordered: change,
  damaged: change,
  quality_control: change,
  set_aside: change,
  held_backordered: change,
}

const balances = {
  on_hand: Counter,
  held: Counter,
  committed: Counter,
  backordered: Counter,
  damaged: Counter,
  quality_control: Counter,
  set_aside: Counter,
  shortage: Counter,
  held_backordered: Type.Optional(Counter),
}

export const Transaction = closed(
  {
    kind: choice(kinds),
    sku: orNull(Type.String()),
    location: orNull(Type.String()),
    version: Version,
    changes: closed(changes, { description: 'What changed; what did not is left out.' }),
    balances: orNull(closed(balances, { description: 'The counters of the level after it.' })),
    available: orNull(Counter),
    buffer: Type.Optional(
      closed(
        { channel: Type.String(), change: Counter, units: Counter, size: Counter },
        { description: "What it did to a channel's buffer, where it did anything." },
      ),
    ),
    reservation_id: orNull(Type.String()),
    line: orNull(Type.Integer()),
    part: orNull(Type.Integer()),
    reason: orNull(Type.String()),
    document: orNull(Type.String()),
    actor_id: orNull(Type.Integer({ description: 'The API key that did it.' })),
    occurred_at: orNull(Instant),
    recorded_at: Instant,
  },
  { $id: 'Transaction', description: 'One movement of the ledger.' },
)

export const TransactionPage = pageOf(Type.Ref('Transaction#'))
