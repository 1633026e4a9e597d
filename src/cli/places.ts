import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Location, LocationFields } from '../locations/locations.ts'
import { readNumber } from './lines.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

/** Locations and tenants: `holdfast locations …`, `holdfast tenants …`. */
export const register = (program: Command, shell: Shell): void => {
  registerLocations(program, shell)
  registerTenants(program, shell)
}

const onTheWay = ({ carrier_days_min, carrier_days_max }: Location): string => {
  if (carrier_days_max === null) return ''
  const least = carrier_days_min === carrier_days_max ? '' : `${carrier_days_min} to `
  return `, ${least}${carrier_days_max} days on the way`
}

const KINDS = ['warehouse', 'store', 'fulfillment_center', '3pl', 'drop_ship']

const registerLocations = (program: Command, shell: Shell): void => {
  const locations = program
    .command('locations')
    .summary('places that hold stock: list, create, set')
    .addHelpText('after', '\nExample:\n  $ holdfast locations list')
  const list = locations
    .command('list')
    .summary('all locations, by priority')
    .addHelpText('after', '\nExample:\n  $ holdfast locations list')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.locations.list({ limit: 250, sort: 'priority' }), page =>
        table(
          ['code', 'name', 'kind', 'time_zone', 'calendar', 'cut_off', 'priority'],
          page.data.map(place => [
            place.code,
            place.name,
            place.kind,
            place.time_zone,
            place.calendar,
            place.cut_off,
            place.priority,
          ]),
        ),
      ),
    ),
  )
  const create = placeOptions(locations.command('create <code>').summary('make a location'))
  create.addHelpText(
    'after',
    '\nExample:\n  $ holdfast locations create berlin --time-zone Europe/Berlin',
  )
  create.action((code: string) =>
    shell.withHoldfast(create, async holdfast =>
      outcomeOf(await holdfast.locations.create({ code, ...placeOf(create) }), made => [
        `${made.code}  ${made.name}`,
      ]),
    ),
  )
  const set = placeOptions(locations.command('set <code>').summary('change a location'))
  set.addHelpText(
    'after',
    '\nExample:\n  $ holdfast locations set berlin --calendar de --cut-off 14:00',
  )
  set.action((code: string) =>
    shell.withHoldfast(set, async holdfast =>
      outcomeOf(await holdfast.locations.update({ code, ...placeOf(set) }), made => [
        `${made.code}  ${made.name}, calendar ${made.calendar ?? 'Monday to Friday'}, ` +
          `cut-off ${made.cut_off ?? 'none'}${onTheWay(made)}`,
      ]),
    ),
  )
}

const placeOptions = (command: Command): Command =>
  command
    .option('--name <name>', 'for people')
    .addOption(new Option('--kind <kind>', 'what sort of place').choices(KINDS))
    .option('--time-zone <zone>', 'of its business days, such as Europe/Berlin')
    .option('--priority <number>', '"anywhere" asks the lowest first', readNumber)
    .option('--calendar <code>', 'of its working days; "none": Monday to Friday')
    .option('--cut-off <time>', 'orders from then on ship on the next working day; "none"')
    .option(
      '--carrier-days <range>',
      'business days on the way, such as 2 or 2-4; "none"',
      readDays,
    )

type Days = { carrier_days_min: number | null; carrier_days_max: number | null }

const DAYS = /^(\d{1,3})(-(\d{1,3}))?$/

/** Days as `2`, `2-4` or `none`. */
const readDays = (text: string): Days => {
  if (text === 'none') return { carrier_days_min: null, carrier_days_max: null }
  const [, least, , most] = DAYS.exec(text) ?? []
  if (least === undefined) {
    throw new InvalidArgumentError(`"${text.slice(0, 40)}" is not a number of days, nor a range.`)
  }
  return { carrier_days_min: Number(least), carrier_days_max: Number(most ?? least) }
}

const orNone = (word: string | undefined): string | null | undefined =>
  word === 'none' ? null : word

const placeOf = (command: Command): LocationFields => {
  const { name, kind, timeZone: time_zone, priority, calendar, cutOff } = command.opts()
  const { carrierDays } = command.opts<{ carrierDays?: Days }>()
  const fields = { name, kind, time_zone, priority, calendar: orNone(calendar) }
  return { ...fields, cut_off: orNone(cutOff), ...carrierDays }
}

const settingOptions = (command: Command): Command =>
  command
    .option('--name <name>', 'for people')
    .option('--cart-window-seconds <number>', 'how long a cart is held', readNumber)
    .option('--order-window-seconds <number>', 'how long an unpaid order is held', readNumber)
    .option('--extension-count-max <number>', 'how often a hold is extended', readNumber)
    .option('--hold-life-seconds-max <number>', 'how long a hold lives in all', readNumber)

const registerTenants = (program: Command, shell: Shell): void => {
  const tenants = program
    .command('tenants')
    .summary('merchants with separate data: list, create, set')
    .addHelpText('after', '\nExample:\n  $ holdfast tenants list')
  const list = tenants
    .command('list')
    .summary('all tenants')
    .addHelpText('after', '\nExample:\n  $ holdfast tenants list')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.tenants.list({ limit: 250 }), page =>
        table(
          ['code', 'name', 'sandbox_of', 'cart_window_seconds', 'order_window_seconds'],
          page.data.map(tenant => [
            tenant.code,
            tenant.name,
            tenant.sandbox_of,
            tenant.cart_window_seconds,
            tenant.order_window_seconds,
          ]),
        ),
      ),
    ),
  )
  const create = settingOptions(tenants.command('create <code>').summary('make a tenant'))
  create.addHelpText('after', '\nExample:\n  $ holdfast tenants create acme --name "Acme Ltd"')
  create.action((code: string) =>
    shell.withHoldfast(create, async holdfast =>
      outcomeOf(await holdfast.tenants.create({ code, ...settingsOf(create) }), made => [
        `${made.code}  ${made.name}`,
      ]),
    ),
  )
  const set = settingOptions(
    tenants.command('set <code>').summary('change the settings of a tenant'),
  )
  set.addOption(new Option('--tracked <switch>', 'count stock at all').choices(['on', 'off']))
  set.addHelpText('after', '\nExample:\n  $ holdfast tenants set default --cart-window-seconds 900')
  set.action((code: string) =>
    shell.withHoldfast(set, async holdfast =>
      outcomeOf(await holdfast.tenants.update({ code, ...settingsOf(set) }), made => [
        `${made.code}: carts ${made.cart_window_seconds} s, orders ${made.order_window_seconds} s`,
      ]),
    ),
  )
}

const settingsOf = (command: Command): object => {
  const options = command.opts()
  const { name, tracked } = options
  return {
    name,
    cart_window_seconds: options['cartWindowSeconds'],
    order_window_seconds: options['orderWindowSeconds'],
    extension_count_max: options['extensionCountMax'],
    hold_life_seconds_max: options['holdLifeSecondsMax'],
    ...(tracked === undefined ? {} : { tracked: tracked === 'on' }),
  }
}
