import { readCode, readText, readWhole } from './cells.ts'
import {
  type Entry,
  type EntryLevel,
  inBounds,
  type Reading,
  rejected,
  type Shortfall,
} from './entry.ts'
import { type Columns, isLocationColumn } from './header.ts'
import { optionsOf } from './shopifyProducts.ts'

const counters = ['incoming', 'unavailable', 'committed', 'available', 'on hand'] as const
type Counter = (typeof counters)[number]

// "On hand (new)" is what somebody has filled in to be set; the export itself leaves it empty.
const spellings: Record<Counter, string[]> = {
  incoming: ['incoming (not editable)', 'incoming'],
  unavailable: ['unavailable (not editable)', 'unavailable'],
  committed: ['committed (not editable)', 'committed'],
  available: ['available (not editable)', 'available (editable)', 'available'],
  'on hand': ['on hand (current)', 'on hand (editable)', 'on hand'],
}
const ON_HAND_NEW = 'on hand (new)'
const NOT_STOCKED = 'not stocked'

type Numbers = Record<Counter, number | null>

/** The columns of a file that has one column a location ("only available quantities"). */
export const locationColumns = (columns: Columns): string[] =>
  columns.has('location') ? [] : columns.names.filter(isLocationColumn)

/** What the numbers of one level say: facts that can be kept, and units that do not exist. */
const levelOf = (
  numbers: Numbers,
): { level: Omit<EntryLevel, 'location' | 'named'>; owed: number } => {
  const committed = Math.max(0, numbers.committed ?? 0)
  const unavailable = Math.max(0, numbers.unavailable ?? 0)
  const counted = numbers['on hand'] ?? (numbers.available ?? 0) + committed + unavailable
  const onHand = Math.max(0, counted)
  const available = counted - committed - unavailable
  return {
    level: {
      on_hand: onHand,
      ...(numbers.committed === null ? {} : { committed }),
      ...(numbers.unavailable === null ? {} : { set_aside: Math.min(unavailable, onHand) }),
    },
    owed: Math.max(0, -counted, -available),
  }
}

const numbersOf = (columns: Columns, cells: string[]): Numbers | string => {
  const numbers = {} as Numbers
  for (const counter of counters) {
    const cell = columns.cell(cells, ...spellings[counter])
    const value = readWhole(cell)
    if (!inBounds(value)) return `"${cell.slice(0, 40)}" in ${counter} is no whole number.`
    numbers[counter] = value as number | null
  }
  const asked = columns.cell(cells, ON_HAND_NEW)
  const value = readWhole(asked)
  if (!inBounds(value)) return `"${asked.slice(0, 40)}" in ${ON_HAND_NEW} is no whole number.`
  if (typeof value === 'number') numbers['on hand'] = value
  return numbers
}

const isNotStocked = (cell: string): boolean => readCode(cell).toLowerCase() === NOT_STOCKED

type Found = Pick<Entry, 'levels' | 'shortfalls' | 'incoming' | 'not_stocked'>

const addLevel = (found: Found, numbers: Numbers, line: number, sku: string, name: string) => {
  const { level, owed } = levelOf(numbers)
  found.levels.push({ location: name, named: 'name', ...level })
  if (owed > 0) {
    const quantity = Math.min(numbers['on hand'] ?? 0, numbers.available ?? 0, 0) || -owed
    found.shortfalls.push({ line, sku, location: name, quantity, missing: owed } as Shortfall)
  }
  if (numbers.incoming) found.incoming.push({ location: name, quantity: numbers.incoming })
}

/** One row a SKU and location: all quantities. */
const readLong = (columns: Columns, cells: string[], line: number, sku: string): Found | string => {
  const found: Found = { levels: [], shortfalls: [], incoming: [], not_stocked: 0 }
  const name = readText(columns.cell(cells, 'location')).trim()
  if (name === '') return 'The location is empty.'
  const stock = [...spellings['on hand'], ON_HAND_NEW, ...spellings.available]
  if (stock.some(spelling => isNotStocked(columns.cell(cells, spelling)))) {
    return { ...found, not_stocked: 1 }
  }
  const numbers = numbersOf(columns, cells)
  if (typeof numbers === 'string') return numbers
  if (numbers['on hand'] === null && numbers.available === null) return 'There is no quantity.'
  addLevel(found, numbers, line, sku, name)
  return found
}

/** One row a SKU, one column a location: what is available there. */
const readWide = (
  columns: Columns,
  cells: string[],
  line: number,
  sku: string,
  locations: string[],
): Found | string => {
  const found: Found = { levels: [], shortfalls: [], incoming: [], not_stocked: 0 }
  for (const name of locations) {
    const cell = cells[columns.names.indexOf(name)] ?? ''
    if (isNotStocked(cell) || cell.trim() === '') {
      found.not_stocked++
      continue
    }
    const available = readWhole(cell)
    if (!inBounds(available)) return `"${cell.slice(0, 40)}" under ${name} is no whole number.`
    const none = { incoming: null, unavailable: null, committed: null, 'on hand': null }
    addLevel(found, { ...none, available: available as number }, line, sku, name)
  }
  return found
}

/** Reads one row of Shopify's inventory export, in either of its shapes. */
export const readInventoryRow = (
  columns: Columns,
  row: { line: number; cells: string[] },
  locations: string[],
): Reading => {
  const { cells, line } = row
  const handle = readCode(columns.cell(cells, 'handle'))
  const sku = readCode(columns.cell(cells, 'sku'))
  if (handle === '' && sku === '') return rejected('Neither a handle nor a SKU.')
  const found =
    locations.length > 0
      ? readWide(columns, cells, line, sku, locations)
      : readLong(columns, cells, line, sku)
  if (typeof found === 'string') return rejected(found)
  const { names, values } = optionsOf(columns, cells, undefined)
  const title = readText(columns.cell(cells, 'title')).trim()
  const entry: Entry = { line, sku, ...found, backorders: false }
  if (handle !== '') {
    entry.product = { handle, title: title || handle, option_names: names }
    entry.variant = { option_values: values }
  }
  return { is: 'entry', entry }
}
