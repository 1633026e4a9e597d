import { type Command, InvalidArgumentError } from 'commander'
import type { Calendar } from '../calendars/calendars.ts'
import { agreedOn, destroying, refused } from './agree.ts'
import { outcomeOf, type Shell, table } from './shell.ts'

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** `1,2,3,4,5`: 1 is Monday. */
const readDays = (text: string): number[] => {
  if (!/^[1-7](,[1-7])*$/.test(text)) {
    throw new InvalidArgumentError('Working days are numbers from 1 (Monday) to 7, as 1,2,3,4,5.')
  }
  return text.split(',').map(Number)
}

const shown = (calendar: Calendar): string[] => [
  `${calendar.code}  ${calendar.name}: ` +
    `${calendar.working_days.map(day => WEEKDAYS[day - 1]).join(' ')}, ` +
    `${calendar.locations} locations`,
  ...calendar.holidays.map(({ day, name }) => `  ${day}  ${name}`),
]

/** Calendars of working days: `holdfast calendars …`. */
export const register = (program: Command, shell: Shell): void => {
  const calendars = program
    .command('calendars')
    .summary('working days and holidays of locations')
    .addHelpText('after', '\nExample:\n  $ holdfast calendars create de --name Germany')
  registerReads(calendars, shell)
  registerFields(calendars, shell, 'create', 'make a calendar', 'create de --name Germany')
  registerFields(calendars, shell, 'set', 'change a calendar', 'set de --working-days 1,2,3,4,5,6')
  registerHolidays(calendars, shell)
  registerRemove(calendars, shell)
}

const titled = ({ code, name, locations }: Calendar): string =>
  `${code} (${name}, of ${locations} locations)`

const registerReads = (calendars: Command, shell: Shell): void => {
  const list = calendars
    .command('list')
    .summary('all calendars')
    .addHelpText('after', '\nExample:\n  $ holdfast calendars list')
  list.action(() =>
    shell.withHoldfast(list, async holdfast =>
      outcomeOf(await holdfast.calendars.list({ limit: 250 }), page =>
        table(
          ['code', 'name', 'working_days', 'holidays', 'locations'],
          page.data.map(calendar => [
            calendar.code,
            calendar.name,
            calendar.working_days.join(','),
            calendar.holidays.length,
            calendar.locations,
          ]),
        ),
      ),
    ),
  )
  const show = calendars
    .command('show <code>')
    .summary('one calendar with its holidays')
    .addHelpText('after', '\nExample:\n  $ holdfast calendars show de')
  show.action((code: string) =>
    shell.withHoldfast(show, async holdfast =>
      outcomeOf(await holdfast.calendars.get({ code }), shown),
    ),
  )
}

const registerFields = (
  calendars: Command,
  shell: Shell,
  verb: 'create' | 'set',
  summary: string,
  example: string,
): void => {
  const command = calendars
    .command(`${verb} <code>`)
    .summary(summary)
    .option('--name <name>', 'for people')
    .option('--working-days <days>', 'numbers of weekdays, 1 is Monday; 1,2,3,4,5', readDays)
    .addHelpText('after', `\nExample:\n  $ holdfast calendars ${example}`)
  command.action((code: string) => {
    const { name, workingDays: working_days } = command.opts()
    const request = { code, name, working_days }
    return shell.withHoldfast(command, async holdfast => {
      const room = holdfast.calendars
      const answer = verb === 'create' ? room.create(request) : room.update(request)
      return outcomeOf(await answer, shown)
    })
  })
}

const registerHolidays = (calendars: Command, shell: Shell): void => {
  const add = calendars
    .command('add-holiday <code> <day> <name>')
    .summary('nothing ships on this day')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast calendars add-holiday de 2027-12-25 "Christmas Day"',
    )
  add.action((code: string, day: string, name: string) =>
    shell.withHoldfast(add, async holdfast =>
      outcomeOf(await holdfast.calendars.addHolidays({ code, holidays: [{ day, name }] }), shown),
    ),
  )
  const remove = destroying(
    calendars
      .command('remove-holiday <code> <day>')
      .summary('this day is a working day like others'),
  ).addHelpText('after', '\nExample:\n  $ holdfast calendars remove-holiday de 2027-12-25 --yes')
  remove.action((code: string, day: string) =>
    shell.withHoldfast(remove, async ({ calendars: room }) => {
      const found = await room.get({ code })
      const what = (calendar: Calendar) => {
        const holiday = calendar.holidays.find(each => each.day === day)
        return `take ${day} (${holiday?.name ?? 'no holiday'}) off calendar ${titled(calendar)}`
      }
      return (
        (await agreedOn(remove, shell, { name: day, found, what })) ??
        outcomeOf(await room.removeHolidays({ code, days: [day] }), shown)
      )
    }),
  )
}

const registerRemove = (calendars: Command, shell: Shell): void => {
  const remove = destroying(
    calendars.command('remove <code>').summary('remove a calendar by which no location works'),
  ).addHelpText('after', '\nExample:\n  $ holdfast calendars remove de --yes')
  remove.action((code: string) =>
    shell.withHoldfast(remove, async ({ calendars: room }) => {
      const calendar = await room.get({ code })
      const found = calendar.ok && calendar.locations > 0 ? refused('calendar_in_use') : calendar
      const what = (one: Calendar) =>
        `remove calendar ${titled(one)} with its ${one.holidays.length} holidays`
      return (
        (await agreedOn(remove, shell, { name: code, found, what })) ??
        outcomeOf(await room.remove({ code }), ({ removed }) => [`${removed} removed`])
      )
    }),
  )
}
