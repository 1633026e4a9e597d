import Type from 'typebox'
import {
  Counter,
  closed,
  Day,
  LocationCode,
  orNull,
  pageOf,
  pageQuery,
  SkuCode,
} from '../shapes.ts'

export const ListLostDemand = closed({
  ...pageQuery(['-day']),
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  from: Type.Optional(Day),
  to: Type.Optional(Day),
})

export const LostDemand = closed(
  {
    day: Day,
    sku: Type.String(),
    location: orNull(Type.String({ description: 'null: anywhere.' })),
    channel: orNull(Type.String()),
    reason: Type.String(),
    refusals: Counter,
    units: Counter,
  },
  { $id: 'LostDemand', description: 'What was asked for on a day (UTC) and refused.' },
)

export const LostDemandPage = pageOf(Type.Ref('LostDemand#'))
