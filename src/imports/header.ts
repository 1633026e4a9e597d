import { readText } from './cells.ts'
import { inventoryColumns, ownColumns, productColumns } from './columns.ts'
import { UnreadableFile } from './unreadable.ts'

/** The formats that a file can have; recognised by its header. */
export const fileFormats = ['shopify_products', 'shopify_inventory', 'holdfast'] as const
export type FileFormat = (typeof fileFormats)[number]

/** Where the columns of a file stand. */
export type Columns = {
  format: FileFormat
  /** As the file spells them. */
  header: string[]
  /** As the format spells them, where it knows them. */
  names: string[]
  /** The cell of a row under one of these names, '' where there is none. */
  cell: (cells: string[], ...names: string[]) => string
  has: (name: string) => boolean
}

export const formatTitles: Record<FileFormat, string> = {
  shopify_products: 'Shopify product export',
  shopify_inventory: 'Shopify inventory export',
  holdfast: "Holdfast's own format",
}

// Newer product files of Shopify have other words for the same columns.
const synonyms = new Map([
  ['url handle', 'handle'],
  ['price', 'variant price'],
  ['barcode', 'variant barcode'],
  ['inventory tracker', 'variant inventory tracker'],
  ['inventory quantity', 'variant inventory qty'],
  ['continue selling when out of stock', 'variant inventory policy'],
  ['requires shipping', 'variant requires shipping'],
  ['product image url', 'image src'],
  ['description', 'body (html)'],
])

const spelled = new Map(
  [...productColumns, ...inventoryColumns].map(name => [name.toLowerCase(), name]),
)

const needed: Record<FileFormat, string[]> = {
  shopify_products: ['handle', 'title', 'option1 value', 'variant sku'],
  shopify_inventory: ['handle', 'title', 'option1 value', 'sku'],
  holdfast: ['sku', 'location', 'on_hand'],
}

const COUNTER = /^(incoming|unavailable|committed|available|on hand)( \(.*\))?$/
const OPTION = /^option\d+ (name|value)$/
const inventoryNames = new Set(inventoryColumns.map(name => name.toLowerCase()))
const ownNames = new Set(ownColumns)

/** Whether a column is one of the format's. */
const isTypical: Record<FileFormat, (name: string) => boolean> = {
  shopify_products: name =>
    /^(handle|title|vendor|body \(html\))$|^(variant|image) /.test(name) || OPTION.test(name),
  shopify_inventory: name => inventoryNames.has(name) || COUNTER.test(name) || OPTION.test(name),
  holdfast: name => ownNames.has(name),
}

/** Whether a column of an inventory export is none of Shopify's own: then it is a location. */
export const isLocationColumn = (name: string): boolean =>
  name !== '' && !isTypical.shopify_inventory(name.toLowerCase())

const simplified = (cell: string): string =>
  readText(cell).trim().toLowerCase().replace(/\s+/g, ' ')

const withSynonyms = (names: string[]): string[] => {
  const newer = names.includes('url handle')
  return names.map(name => {
    if (newer && name === 'sku') return 'variant sku'
    return newer ? (synonyms.get(name) ?? name) : name
  })
}

const formatOf = (names: string[]): FileFormat | undefined => {
  const has = (name: string) => names.includes(name)
  if (has('handle') && names.some(name => name.startsWith('variant '))) return 'shopify_products'
  if (has('handle') && has('sku')) return 'shopify_inventory'
  if (has('sku') && (has('on_hand') || has('location'))) return 'holdfast'
  return undefined
}

const inWords = (format: FileFormat): string =>
  `${formatTitles[format]} (${needed[format].join(', ')}, …)`

const unknownHeader = (names: string[]): UnreadableFile => {
  const scored = fileFormats.map(format => ({
    format,
    known: names.filter(name => isTypical[format](name)).length,
  }))
  const nearest = scored.reduce((most, next) => (next.known > most.known ? next : most))
  const missing = needed[nearest.format].filter(name => !names.includes(name))
  const hint =
    nearest.known === 0
      ? 'No column is known'
      : `The nearest is ${formatTitles[nearest.format]}, but ${missing.join(', ')} is missing`
  return new UnreadableFile(
    `The header is of no known format. ${hint}. Known: ${fileFormats.map(inWords).join('; ')}.`,
    {
      header: names.slice(0, 100),
      known_formats: fileFormats,
      ...(nearest.known > 0 ? { nearest: nearest.format, missing_columns: missing } : {}),
    },
  )
}

/** A rejects file that was mended and comes back: its first two columns are ours. */
const withoutRejects = (names: string[]): string[] =>
  names[0] === 'line' && names[1] === 'reason' ? ['', '', ...names.slice(2)] : names

/** Recognises a file by its header; throws UnreadableFile that names what is missing. */
export const recognise = (cells: string[], asked?: FileFormat): Columns => {
  const names = withSynonyms(withoutRejects(cells.map(simplified)))
  const format = asked ?? formatOf(names)
  if (!format) throw unknownHeader(names)
  const missing = needed[format].filter(name => !names.includes(name))
  if (missing.length > 0) {
    throw new UnreadableFile(
      `Columns are missing for ${formatTitles[format]}: ${missing.join(', ')}.`,
      { format, missing_columns: missing },
    )
  }
  const places = new Map<string, number>()
  for (const [place, name] of names.entries()) {
    if (name === '') continue
    if (places.has(name) && isTypical[format](name)) {
      throw new UnreadableFile(`The column "${name}" stands in the header twice.`, { format })
    }
    if (!places.has(name)) places.set(name, place)
  }
  return {
    format,
    header: cells,
    names: names.map((name, place) =>
      name === '' ? '' : (spelled.get(name) ?? readText(cells[place] ?? '').trim()),
    ),
    has: name => places.has(name),
    cell: (row, ...wanted) => {
      for (const name of wanted) {
        const place = places.get(name)
        if (place !== undefined) return row[place] ?? ''
      }
      return ''
    },
  }
}
