import Papa from 'papaparse'

/** The columns of our own format that a person may map, those that are needed first. */
export const ownColumns = [
  'sku',
  'location',
  'on_hand',
  'product',
  'barcode',
  'unit',
  'committed',
  'damaged',
  'quality_control',
  'set_aside',
  'safety_stock',
] as const
export type OwnColumn = (typeof ownColumns)[number]
const counters = new Set<OwnColumn>([
  'on_hand',
  'committed',
  'damaged',
  'quality_control',
  'set_aside',
  'safety_stock',
])

export const needed: OwnColumn[] = ['sku', 'location', 'on_hand']

/** How headers of other programs name our columns, in small letters without spaces and signs. */
const synonyms: Record<OwnColumn, string[]> = {
  sku: ['sku', 'variantsku', 'itemsku', 'articlenumber', 'article', 'itemcode', 'code', '货号'],
  location: ['location', 'locationcode', 'warehouse', 'store', 'site', '仓库', '地点'],
  on_hand: ['onhand', 'quantity', 'stock', 'units', 'count', 'inventory', '库存', '数量', '在库'],
  product: ['product', 'handle', 'title', 'name', 'productname', '商品'],
  barcode: ['barcode', 'ean', 'upc', 'gtin', '条码'],
  unit: ['unit', 'uom', '单位'],
  committed: ['committed', 'allocated', '已承诺'],
  damaged: ['damaged', '损坏'],
  quality_control: ['qualitycontrol', 'qc', '质检'],
  set_aside: ['setaside', '另存'],
  safety_stock: ['safetystock', '安全库存'],
}

export type Parsed = {
  name: string
  text: string
  header: string[]
  rows: string[][]
  /** An export that the server knows as it is. */
  known: 'shopify_products' | 'shopify_inventory' | null
}

/** Which column of the file a column of ours is; a text that begins with = is the same for all. */
export type Mapping = Partial<Record<OwnColumn, string>>

const plain = (header: string): string => header.toLowerCase().replaceAll(/[\s_\-().]/g, '')

const knownOf = (header: string[]): Parsed['known'] => {
  const names = header.map(name => name.trim().toLowerCase())
  if (!names.includes('handle') && !names.includes('url handle')) return null
  if (names.some(name => name.startsWith('variant '))) return 'shopify_products'
  return names.includes('sku') && names.some(name => name.startsWith('option1'))
    ? 'shopify_inventory'
    : null
}

/** Reads a file of the person's; null where there is no table in it. */
export const parseFile = async (file: File): Promise<Parsed | null> => {
  const text = (await file.text()).replace(/^\uFEFF/, '')
  const { data } = Papa.parse<string[]>(text, { skipEmptyLines: 'greedy' })
  const [header, ...rows] = data
  if (header === undefined || header.length < 2) return null
  return { name: file.name, text, header, rows, known: knownOf(header) }
}

/** The columns that are surely meant, by their names. */
export const guess = (header: string[]): Mapping => {
  const taken = new Set<string>()
  const found: Mapping = {}
  for (const column of ownColumns) {
    const name = header.find(each => !taken.has(each) && synonyms[column].includes(plain(each)))
    if (name === undefined) continue
    found[column] = name
    taken.add(name)
  }
  return found
}

export type CellError = 'cellEmpty' | 'cellNumber' | 'cellNegative' | 'cellTwice'
export type Checked = {
  /** The row's number in the file, with the header as the first. */
  line: number
  cells: Partial<Record<OwnColumn, string>>
  errors: Partial<Record<OwnColumn, { error: CellError; row?: number }>>
  /** A location that nobody knows yet: it will be made. */
  newLocation: boolean
}

const readerOf = (header: string[], mapping: Mapping) => {
  const readers = ownColumns.flatMap(column => {
    const name = mapping[column]
    if (name === undefined || name === '') return []
    if (name.startsWith('=')) return [[column, () => name.slice(1)] as const]
    const at = header.indexOf(name)
    return [[column, (row: string[]) => (row[at] ?? '').trim()] as const]
  })
  return (row: string[]) =>
    Object.fromEntries(readers.map(([column, read]) => [column, read(row)])) as Checked['cells']
}

const checkCounter = (column: OwnColumn, cell: string): CellError | null => {
  if (cell === '') return column === 'on_hand' ? 'cellEmpty' : null
  if (!/^-?\d{1,13}$/.test(cell)) return 'cellNumber'
  return cell.startsWith('-') && column !== 'on_hand' ? 'cellNegative' : null
}

/** Every row with what is wrong in each of its cells, before anything is written. */
export const check = (
  { header, rows }: Parsed,
  mapping: Mapping,
  locations: ReadonlySet<string>,
): Checked[] => {
  const read = readerOf(header, mapping)
  const seen = new Map<string, number>()
  return rows.map((row, at) => {
    const line = at + 2
    const cells = read(row)
    const errors: Checked['errors'] = {}
    for (const [column, cell] of Object.entries(cells) as [OwnColumn, string][]) {
      const error = counters.has(column) ? checkCounter(column, cell) : null
      if (error) errors[column] = { error }
    }
    if (!cells.sku) errors.sku = { error: 'cellEmpty' }
    if (!cells.location) errors.location = { error: 'cellEmpty' }
    const name = `${cells.sku}\n${cells.location}`
    const before = seen.get(name)
    if (before !== undefined && cells.sku) errors.sku = { error: 'cellTwice', row: before }
    else seen.set(name, line)
    const newLocation = Boolean(cells.location) && !locations.has(cells.location ?? '')
    return { line, cells, errors, newLocation }
  })
}

export const isGood = ({ errors }: Checked): boolean => Object.keys(errors).length === 0

/** The good rows in our own format. */
export const ownFile = (checked: Checked[], mapping: Mapping): string => {
  const columns = ownColumns.filter(column => mapping[column])
  const data = checked.filter(isGood).map(({ cells }) => columns.map(name => cells[name] ?? ''))
  return Papa.unparse({ fields: [...columns], data }, { newline: '\n' })
}

/** The rows that were left out, with the reasons beside them. */
export const rejectsFile = (parsed: Parsed, lines: { line: number; reason: string }[]): string => {
  const data = lines.map(({ line, reason }) => [...(parsed.rows[line - 2] ?? []), line, reason])
  return Papa.unparse(
    { fields: [...parsed.header, 'line', 'reason'], data },
    { newline: '\n', escapeFormulae: true },
  )
}
