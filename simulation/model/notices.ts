import { levelsText } from './waiting.ts'

/** What a buyer was promised, change by change; the first made it. */
type Change = {
  promise: string
  sku: string
  made: boolean
  told: boolean
  ship_from: string | null
  ship_to: string | null
}

/** Of a run: the history of each promise, and the lines of all notices. */
export type Told = { changes: Change[]; lines: { promise: string; notice: string | null }[] }

export const toldText = `
  with own as materialized (${levelsText})
  select coalesce((
    select json_agg(json_build_object('sku', o.level,
      'promise', c.reservation_id || '/' || c.line_no || '/' || c.part_no,
      'made', c.reason = 'made', 'told', c.told, 'ship_from', c.ship_from, 'ship_to', c.ship_to)
      order by c.reservation_id, c.line_no, c.part_no, c.change_no)
    from own o
    join holdfast.promises p on p.tenant_id = o.tenant_id and p.level_id = o.level_id
    join holdfast.promise_changes c on c.tenant_id = p.tenant_id
      and c.reservation_id = p.reservation_id and c.line_no = p.line_no and c.part_no = p.part_no
  ), '[]') as changes, coalesce((
    select json_agg(json_build_object('notice', n.notice_id, 'promise',
      e.reservation_id || '/' || (l ->> 'line') || '/' || (l ->> 'part')))
    from own o
    join holdfast.events e on e.tenant_id = o.tenant_id and e.level_id = o.level_id
      and e.type = 'promise.moved'
    cross join lateral jsonb_array_elements(e.data -> 'lines') as l
    left join holdfast.promise_notices n on n.tenant_id = e.tenant_id
      and n.notice_id = (e.data ->> 'notice_id')::uuid and n.reservation_id = e.reservation_id
  ), '[]') as lines`

const DAY_MS = 86_400_000

const daysBetween = (a: string, b: string): number =>
  Math.abs(Date.parse(a) - Date.parse(b)) / DAY_MS

/** Whether a buyer who was told these days is to be told of those. */
const isNews = (before: Change, after: Change, tolerance: number): boolean => {
  if (before.ship_to === null || after.ship_to === null) return before.ship_to !== after.ship_to
  const [from, to] = [before.ship_from as string, after.ship_from as string]
  return Math.max(daysBetween(from, to), daysBetween(before.ship_to, after.ship_to)) > tolerance
}

/** A buyer hears once of each move past what the policy tolerates, and of no other. */
export const toldFault = (
  { changes, lines }: Told,
  toleranceOf: (sku: string) => number,
): string | undefined => {
  const moves = new Map<string, number>()
  let last: Change | undefined
  for (const change of changes) {
    if (last && last.promise !== change.promise) last = undefined
    if (!last && !change.made) return `a promise that nobody made: ${JSON.stringify(change)}`
    if (!change.made && last) {
      if (change.told !== isNews(last, change, toleranceOf(change.sku))) {
        return `from ${JSON.stringify(last)} to ${JSON.stringify(change)}`
      }
      if (change.told) moves.set(change.promise, (moves.get(change.promise) ?? 0) + 1)
    }
    if (change.told) last = change
  }
  for (const { promise, notice } of lines) {
    if (notice === null) return `an event without its notice, of ${promise}`
    moves.set(promise, (moves.get(promise) ?? 0) - 1)
  }
  const unlike = [...moves].find(([, count]) => count !== 0)
  return unlike && `${unlike[0]} has moved ${unlike[1]} times more than its buyer was told`
}
