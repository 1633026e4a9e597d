import { useCallback } from 'react'
import type { Schemas } from '../../api/client.ts'
import { type Say as SayOf, useWords } from '../../frame/words.ts'
import { durationFor } from '../../parts/Duration.tsx'
import type { useFormat } from '../../parts/format.ts'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { words } from './words.ts'

export type Rule = Schemas['Rule']
export type Fields = Rule['fields']
export type FieldName = keyof Fields
export type Say = SayOf<NonNullable<(typeof words)['keys']>>

/** How a field is written and edited. */
export type Kind = 'duration' | 'count' | 'units' | 'days' | 'date' | 'mode' | 'silence' | 'switch'

export const groups: {
  name: 'holds' | 'beyond' | 'kept' | 'dates' | 'away'
  fields: FieldName[]
}[] = [
  {
    name: 'holds',
    fields: [
      'hold_seconds',
      'order_hold_seconds',
      'extension_count_max',
      'hold_life_seconds_max',
      'scarce_below',
      'scarce_hold_seconds',
    ],
  },
  {
    name: 'beyond',
    fields: [
      'backorder_mode',
      'backorder_cap',
      'lead_days_min',
      'lead_days_max',
      'ship_from',
      'ship_to',
      'capacity_per_day',
      'capacity_per_week',
      'backorder_priority',
      'ship_complete',
      'release_delay_seconds',
    ],
  },
  { name: 'kept', fields: ['safety_stock', 'low_stock_threshold', 'share_percent'] },
  { name: 'dates', fields: ['date_tolerance_days', 'silence_default', 'silence_days'] },
  { name: 'away', fields: ['fail_open'] },
]

export const fieldNames = groups.flatMap(({ fields }) => fields)

export const kinds: Record<FieldName, Kind> = {
  hold_seconds: 'duration',
  order_hold_seconds: 'duration',
  extension_count_max: 'count',
  hold_life_seconds_max: 'duration',
  scarce_below: 'units',
  scarce_hold_seconds: 'duration',
  backorder_mode: 'mode',
  backorder_cap: 'units',
  lead_days_min: 'days',
  lead_days_max: 'days',
  ship_from: 'date',
  ship_to: 'date',
  capacity_per_day: 'units',
  capacity_per_week: 'units',
  ship_complete: 'switch',
  backorder_priority: 'count',
  safety_stock: 'units',
  low_stock_threshold: 'units',
  release_delay_seconds: 'duration',
  date_tolerance_days: 'days',
  silence_default: 'silence',
  silence_days: 'days',
  fail_open: 'switch',
  share_percent: 'count',
}

export const modes = ['deny', 'allow', 'notify', 'pre_order', 'made_to_order'] as const
export const silences = ['keep', 'cancel'] as const

type Value = string | number | boolean | null | undefined

/** The value of a field as people read it. */
export const valueText = (
  t: Say,
  format: ReturnType<typeof useFormat>,
  name: FieldName,
  value: Value,
): string => {
  if (value === null || value === undefined) return '–'
  switch (kinds[name]) {
    case 'duration':
      return durationFor(format.locale, Number(value))
    case 'units':
      return t('units', { count: Number(value) })
    case 'days':
      return t('days', { count: Number(value) })
    case 'date':
      return format.day(`${value}T12:00:00`)
    case 'mode':
      return t(`mode_${value as (typeof modes)[number]}`)
    case 'silence':
      return t(`silence_${value as (typeof silences)[number]}`)
    case 'switch':
      return value === true ? t('yes') : t('no')
    default:
      return format.number(Number(value))
  }
}

export type Scope = {
  product?: string | null
  sku?: string | null
  location?: string | null
  channel?: string | null
  tier?: string | null
}

/** Says what a rule is about, in one line. */
export const useScopeText = (): ((scope: Scope) => string) => {
  const t = useWords(words)
  const nameOf = useLocationNames()
  return useCallback(
    scope => {
      const said = (['product', 'sku', 'location', 'channel', 'tier'] as const).flatMap(word => {
        const code = scope[word]
        if (!code) return []
        return [t(`scope_${word}`, { code: word === 'location' ? nameOf(code) : code })]
      })
      return said.length === 0 ? t('forAll') : said.join(' ')
    },
    [t, nameOf],
  )
}

/** The fields of a rule that say something, in the order in which they are explained. */
export const saidFields = (fields: Fields): [FieldName, NonNullable<Value>][] =>
  fieldNames.flatMap((name): [FieldName, NonNullable<Value>][] => {
    const value = fields[name]
    return value === null || value === undefined ? [] : [[name, value]]
  })

/** Text of a control, as the API has it; empty: the rule says nothing of it. */
export const parsedValue = (name: FieldName, text: string): string | number | boolean | null => {
  if (text === '') return null
  const kind = kinds[name]
  if (kind === 'switch') return text === 'yes'
  if (kind === 'mode' || kind === 'silence' || kind === 'date') return text
  return Number(text)
}

export const textOf = (value: Value): string => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value)
}
