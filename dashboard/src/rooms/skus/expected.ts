const DAY_MS = 86_400_000
/** What comes later than that is listed, but not drawn: the past would have no room. */
export const AHEAD_DAYS_MAX = 120

/** Units that stand there from a day on, if what is booked comes as booked. */
export type Step = { at: number; units: number }

type Booked = { open: number; expected_to: string }

const endOf = (day: Date): number => new Date(day).setHours(23, 59, 0, 0)

/** The steps up from what is on hand; what is late may come today. */
export const expectedOf = (supply: Booked[], onHand: number, now: number): Step[] => {
  const today = endOf(new Date(now))
  const arrivals = supply
    .filter(({ open }) => open > 0)
    .map(({ open, expected_to: day }) => ({
      at: Math.max(today, endOf(new Date(`${day}T12:00:00`))),
      open,
    }))
    .filter(({ at }) => at <= now + AHEAD_DAYS_MAX * DAY_MS)
    .sort((one, other) => one.at - other.at)
  const steps: Step[] = []
  let units = onHand
  for (const { at, open } of arrivals) {
    units += open
    if (steps.at(-1)?.at === at) steps.pop()
    steps.push({ at, units })
  }
  return steps
}
