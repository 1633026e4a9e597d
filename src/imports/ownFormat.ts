import { readCode, readWhole } from './cells.ts'
import { type Entry, type EntryLevel, inBounds, type Reading, rejected } from './entry.ts'
import type { Columns } from './header.ts'

const counters = [
  'on_hand',
  'committed',
  'damaged',
  'quality_control',
  'set_aside',
  'safety_stock',
] as const

/** A product of the own format has its SKUs as its one option. */
const OPTION_NAME = 'SKU'
const UNIT_DECIMALS_MAX = 6

const levelOf = (columns: Columns, cells: string[], location: string): EntryLevel | string => {
  const level: EntryLevel = { location, named: 'code' }
  for (const counter of counters) {
    const cell = columns.cell(cells, counter)
    const value = readWhole(cell)
    if (!inBounds(value)) return `"${cell.slice(0, 40)}" in ${counter} is no whole number.`
    if (typeof value !== 'number') continue
    if (value < 0 && counter !== 'on_hand') return `${counter} is below zero.`
    level[counter] = value
  }
  if (level.on_hand === undefined) return 'on_hand is empty.'
  return level
}

/** Reads one row of Holdfast's own format. */
export const readOwnRow = (columns: Columns, row: { line: number; cells: string[] }): Reading => {
  const { cells, line } = row
  const sku = readCode(columns.cell(cells, 'sku'))
  if (sku === '') return rejected('The SKU is empty.')
  const location = readCode(columns.cell(cells, 'location'))
  if (location === '') return rejected('The location is empty.')
  const level = levelOf(columns, cells, location)
  if (typeof level === 'string') return rejected(level)
  const decimals = readWhole(columns.cell(cells, 'unit_decimals'))
  if (decimals === undefined || (decimals ?? 0) < 0 || (decimals ?? 0) > UNIT_DECIMALS_MAX) {
    return rejected(`unit_decimals must be a whole number from 0 to ${UNIT_DECIMALS_MAX}.`)
  }
  const quantity = level.on_hand as number
  level.on_hand = Math.max(0, quantity)
  const handle = readCode(columns.cell(cells, 'product'))
  const unit = readCode(columns.cell(cells, 'unit'))
  const barcode = readCode(columns.cell(cells, 'barcode'))
  const entry: Entry = {
    line,
    sku,
    ...(barcode === '' ? {} : { barcode }),
    ...(unit === '' ? {} : { unit }),
    ...(decimals === null ? {} : { unit_decimals: decimals }),
    levels: [level],
    shortfalls: quantity < 0 ? [{ line, sku, location, quantity, missing: -quantity }] : [],
    incoming: [],
    not_stocked: 0,
    backorders: false,
  }
  if (handle !== '') {
    entry.product = { handle, title: handle, option_names: [OPTION_NAME] }
    entry.variant = { option_values: [sku] }
  }
  return { is: 'entry', entry }
}
