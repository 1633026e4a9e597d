import type { EnsureProduct } from '../catalog/ensureCatalog.ts'
import type { SetKit } from '../kits/kits.ts'

/** A shop that never was: what it sells, in which sizes and colours. */
const RANGE: [title: string, options: Record<string, string[]>][] = [
  ['Harbour Tee', { Size: ['S', 'M', 'L'], Colour: ['Navy', 'Sand'] }],
  ['Deckhand Jumper', { Size: ['S', 'M', 'L'] }],
  ['Foghorn Beanie', { Colour: ['Grey', 'Rust', 'Black'] }],
  ['Storm Jacket', { Size: ['S', 'M', 'L', 'XL'] }],
  ['Bosun Trousers', { Size: ['30', '32', '34'] }],
  ['Cabin Socks', { Size: ['36-40', '41-46'] }],
  ['Rope Belt', { Length: ['90', '105'] }],
  ['Oilskin Cap', { Colour: ['Olive', 'Yellow'] }],
  ['Watch Gloves', { Size: ['S', 'L'] }],
  ['Canvas Tote', { Colour: ['Natural', 'Navy'] }],
  ['Sea Chest', {}],
  ['Brass Compass', {}],
  ['Storm Lantern', { Finish: ['Brass', 'Iron'] }],
  ['Enamel Mug', { Colour: ['White', 'Blue'] }],
  ['Galley Kettle', {}],
  ['Galley Pan', { Size: ['24 cm', '28 cm'] }],
  ['Splicing Knife', {}],
  ['Marlin Spike', {}],
  ['Signal Flag Set', {}],
  ['Tide Clock', {}],
  ['Barometer', {}],
  ['Hammock', { Colour: ['Natural', 'Stripe'] }],
  ['Wool Blanket', { Colour: ['Cream', 'Slate'] }],
  ['Pillow Anchor', {}],
  ['Ship in a Bottle', {}],
  ['Chart of the North Sea', { Frame: ['None', 'Oak'] }],
  ['Log Book', { Paper: ['Ruled', 'Plain'] }],
  ['Carbon Pencil Set', {}],
  ['Dry Bag', { Volume: ['10 l', '20 l', '40 l'] }],
  ['Deck Shoes', { Size: ['40', '41', '42', '43', '44'] }],
  ['Rubber Boots', { Size: ['40', '42', '44'] }],
  ['Sail Needle Kit', {}],
  ['Pilot Scarf', { Colour: ['Red', 'Navy'] }],
  ['Lighthouse Lamp', {}],
  ['Drift Soap', { Scent: ['Salt', 'Pine'] }],
  ['Boat Wax', {}],
  ['Crew Coffee', { Weight: ['250 g', '1 kg'] }],
  ['Ginger Biscuits', {}],
  ['Sea Salt', {}],
  ['Knots, a Field Guide (PDF)', {}],
]

const letters = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

const combinations = (options: string[][]): string[][] =>
  options.reduce<string[][]>(
    (found, values) => found.flatMap(head => values.map(value => [...head, value])),
    [[]],
  )

/** Every product with its variants; the book is not tracked, since it is a download. */
export const demoProducts = (): EnsureProduct[] =>
  RANGE.map(([title, options]) => {
    const handle = letters(title).toLowerCase()
    return {
      handle,
      title,
      vendor: 'Northpier',
      option_names: Object.keys(options),
      variants: combinations(Object.values(options)).map((values, index) => ({
        option_values: values,
        sku: [letters(title), ...values.map(letters)].join('-').slice(0, 60),
        tracked: !title.includes('PDF'),
        position: index + 1,
      })),
    }
  })

/** A kit that is counted by its components, and one that is built of them. */
export const demoKits = (): SetKit[] => [
  {
    sku: 'SAILOR-SET',
    components: [
      { sku: 'HARBOUR-TEE-M-NAVY', quantity: 1 },
      { sku: 'FOGHORN-BEANIE-GREY', quantity: 1 },
      { sku: 'CABIN-SOCKS-41-46', quantity: 2 },
    ],
  },
  {
    sku: 'GALLEY-BOX',
    components: [
      { sku: 'ENAMEL-MUG-BLUE', quantity: 2 },
      { sku: 'CREW-COFFEE-250-G', quantity: 1 },
      { sku: 'GINGER-BISCUITS', quantity: 1 },
    ],
    assembled: true,
  },
]
