import Type, {
  type TNull,
  type TOptional,
  type TProperties,
  type TSchema,
  type TUnion,
} from 'typebox'
import {
  choice,
  closed,
  Day,
  Instant,
  LocationCode,
  orNull,
  pageOf,
  pageQuery,
  QUANTITY_MAX,
  SkuCode,
  text,
} from '../shapes.ts'

export const RULE_LINES_MAX = 500
const YEAR_SECONDS = 31_536_000
const DAYS_MAX = 365

const whole = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description })

const seconds = (least: number, description: string) => whole(least, YEAR_SECONDS, description)
const units = (least: number, description: string) => whole(least, QUANTITY_MAX, description)
const days = (least: number, description: string) => whole(least, DAYS_MAX, description)

const modes = ['deny', 'allow', 'notify', 'pre_order', 'made_to_order'] as const

/** Every field of a policy, in the order in which they are explained. */
export const policyFields = {
  hold_seconds: seconds(1, 'How long a cart is held.'),
  order_hold_seconds: seconds(1, 'How long an unpaid order is held.'),
  extension_count_max: whole(0, 10_000, 'How often a hold may be extended.'),
  hold_life_seconds_max: seconds(1, 'No extension leads further past the creation of a hold.'),
  scarce_below: units(1, 'Fewer units than this left for others: carts have the scarce window.'),
  scarce_hold_seconds: seconds(1, 'The window of a cart while stock is scarce.'),
  backorder_mode: choice(modes, 'Whether it is sold beyond stock, and how.'),
  backorder_cap: units(0, 'Units that may be backordered at a level.'),
  lead_days_min: days(0, 'Business days until it ships, at the least.'),
  lead_days_max: days(0, 'Business days until it ships, at the most.'),
  ship_from: Day,
  ship_to: Day,
  capacity_per_day: units(1, 'Units that are made on a business day.'),
  capacity_per_week: units(1, 'Units that are made in a week.'),
  ship_complete: Type.Boolean({ description: 'A line ships when all of it is there.' }),
  backorder_priority: whole(-1_000, 1_000, 'The higher, the earlier in the queue.'),
  safety_stock: units(0, 'Units of a level that are never sold.'),
  low_stock_threshold: units(0, 'With so many left, stock is low.'),
  release_delay_seconds: seconds(0, 'How long room of a cancelled backorder is kept back.'),
  date_tolerance_days: days(0, 'A date may move by so many days without a notice.'),
  silence_default: choice(['keep', 'cancel'], 'What no answer to a notice means.'),
  silence_days: days(1, 'Days until no answer is one.'),
  fail_open: Type.Boolean({ description: 'Plugins sell on while this server is away.' }),
  share_percent: Type.Integer({
    minimum: 0,
    maximum: 100,
    description: 'Of what is free for all, the part that the channel of this rule may sell.',
  }),
}

type MaybeNull<Shapes extends TProperties> = {
  [Name in keyof Shapes]: TOptional<TUnion<[Shapes[Name], TNull]>>
}

const maybeNull = <Shapes extends TProperties>(shapes: Shapes) =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, Type.Optional(orNull(shape))]),
  ) as MaybeNull<Shapes>

const Fields = closed(maybeNull(policyFields), {
  description: 'null: the rule says nothing of the field.',
})

const Handle = text(255, 'The handle of a product.', ['harbour-tee'])
const Channel = text(100, 'The code of a channel.', ['amazon'])
const Tier = text(100, 'What sort of customer, in the words of the shop.', ['vip'])
const RuleId = whole(1, 2_147_483_647, 'The id of a rule.')

const scope = {
  product: Type.Optional(orNull(Handle)),
  sku: Type.Optional(orNull(SkuCode)),
  location: Type.Optional(orNull(LocationCode)),
  channel: Type.Optional(orNull(Channel)),
  tier: Type.Optional(orNull(Tier)),
}

const named = {
  rule: Type.Optional(RuleId),
  ...scope,
  starts_at: Type.Optional(orNull(Instant)),
  ends_at: Type.Optional(orNull(Instant)),
}

const change = <Line extends TSchema>(line: Line, description: string) =>
  closed({
    rules: Type.Array(line, { minItems: 1, maxItems: RULE_LINES_MAX, description }),
    mode: Type.Optional(choice(['all_or_nothing', 'each'], 'each: line by line what can be done.')),
    dry_run: Type.Optional(Type.Boolean({ description: 'Answers in full, changes nothing.' })),
  })

export const SetRules = change(
  closed({ ...named, fields: Fields }),
  'A rule by its id, or by its scope and time.',
)
export const ClearRules = change(closed(named), 'A rule by its id, or by its scope and time.')

export const ListRules = closed({
  ...pageQuery(['-changed_at', 'changed_at']),
  rule: Type.Optional(RuleId),
  product: Type.Optional(Handle),
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  channel: Type.Optional(Channel),
  tier: Type.Optional(Tier),
})

export const ExplainPolicy = closed({
  sku: SkuCode,
  location: Type.Optional(LocationCode),
  channel: Type.Optional(Channel),
  tier: Type.Optional(Tier),
  at: Type.Optional(Instant),
})

const rule = {
  version: Type.Integer(),
  product: orNull(Type.String()),
  sku: orNull(Type.String()),
  location: orNull(Type.String()),
  channel: orNull(Type.String()),
  tier: orNull(Type.String()),
  starts_at: orNull(Instant),
  ends_at: orNull(Instant),
  fields: Fields,
  changed_at: Instant,
  changed_by: orNull(Type.Integer({ description: 'Who, as an opaque number.' })),
}

const wholeRule = {
  rule: Type.Integer({ description: 'The id, which stays from version to version.' }),
  ...rule,
  closed_at: orNull(Instant),
  closed_by: orNull(Type.Integer()),
}

export const Rule = closed(wholeRule, { $id: 'Rule' })
export const RulePage = pageOf(Type.Ref('Rule#'))

const Refused = closed({
  refusal: Type.Object(
    { code: Type.String(), message: Type.String(), line: Type.Integer(), field: Type.String() },
    { additionalProperties: true },
  ),
})

const Warning = closed({
  code: choice(['backorder_cap_zero', 'backorder_cap_missing']),
  message: Type.String(),
})

export const ChangedRules = closed(
  {
    ok: Type.Literal(true),
    rules: Type.Array(
      Type.Union([
        closed({
          ...wholeRule,
          changed: Type.Boolean(),
          warnings: Type.Array(Warning),
        }),
        Refused,
      ]),
    ),
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'ChangedRules' },
)

const names = Object.keys(policyFields)
const DecidedBy = Type.Union([Type.Integer(), Type.Literal('default')])

const ChainLink = closed({
  rule: DecidedBy,
  ...Object.fromEntries(Object.entries(rule).map(([name, of]) => [name, Type.Optional(of)])),
  fields: Fields,
  decides: Type.Array(Type.String(), { description: 'The fields that hold because of it.' }),
})

export const ExplainedPolicy = closed(
  {
    ok: Type.Literal(true),
    sku: Type.String(),
    location: orNull(Type.String()),
    channel: orNull(Type.String()),
    tier: orNull(Type.String()),
    at: Instant,
    version: Type.Integer({ description: '0 where the settings of the tenant decide all.' }),
    policy: closed(
      Object.fromEntries(Object.entries(policyFields).map(([name, of]) => [name, orNull(of)])),
    ),
    decided_by: closed(Object.fromEntries(names.map(name => [name, DecidedBy]))),
    chain: Type.Array(ChainLink, { description: 'From the weakest to the strongest.' }),
    tracked: closed({ value: Type.Boolean(), decided_by: choice(['tenant', 'sku']) }),
  },
  { $id: 'ExplainedPolicy' },
)
