import type { Command } from 'commander'
import type { Holdfast } from '../holdfast.ts'
import { type Correction, type Repair, reasons, type Unrepaired } from '../ledger/repair.ts'
import { agreed } from './agree.ts'
import { EXIT, type Outcome, type Shell } from './shell.ts'

const placeOf = ({ sku, location }: { sku: string | null; location: string | null }): string =>
  [sku, location].filter(Boolean).join(' at ') || 'no level'

const nameOf = (correction: Correction): string =>
  correction.reservation_id === null
    ? correction.code
    : `${correction.code} of ${correction.reservation_id}, line ${correction.line}`

/** What is corrected, from, to, and why this side is believed. */
const inWords = (correction: Correction): string[] => [
  `${placeOf(correction)}: ${nameOf(correction)}`,
  ...correction.changes.map(
    ({ what, from, to }) => `  ${what}: ${from ?? 'none'} → ${to ?? 'none'}`,
  ),
  `  ${reasons[correction.because]}`,
]

const leftInWords = (left: Unrepaired): string[] => [
  `left: ${left.code}: ${placeOf(left)} ${left.what}: expected ${left.expected}, found ${left.found}`,
  `  ${left.explanation} ${left.next_step}`,
]

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

const outcomeOf = (
  { corrections, left, not_agreed }: Repair,
  done: 'would be written' | 'written',
): Outcome => ({
  json: { ok: left.length === 0, dry_run: done !== 'written', corrections, left, not_agreed },
  lines: [
    ...(done === 'written' ? [] : corrections.flatMap(inWords)),
    ...left.flatMap(leftInWords),
    ...(not_agreed.length === 0
      ? []
      : [`${counted(not_agreed.length, 'correction')} more since you were asked: run it again.`]),
    `${counted(corrections.length, 'correction')} ${done}, ${counted(left.length, 'finding')} left`,
  ],
  exit: left.length === 0 && not_agreed.length === 0 ? EXIT.ok : EXIT.refused,
})

/** Shows what a repair would correct, asks, and writes it: `holdfast doctor --repair`. */
export const repairBooks = async (
  doctor: Command,
  shell: Shell,
  opened: Holdfast,
): Promise<Outcome> => {
  const { dryRun, json, actor } = doctor.optsWithGlobals()
  const holdfast =
    actor === undefined ? opened : await opened.forTenant(opened.tenant, { actor_id: actor })
  const onProgress = ({ done, of }: { done: number; of: number }) =>
    shell.progress(`repair: ${done} of ${of} levels`)
  const proposed = await holdfast.repair({ dry_run: true, onProgress })
  if (dryRun || proposed.corrections.length === 0) return outcomeOf(proposed, 'would be written')
  if (!json) for (const line of proposed.corrections.flatMap(inWords)) shell.notice(line)
  const what = `write ${counted(proposed.corrections.length, 'correction')} into the ledger`
  const no = await agreed(doctor, shell, what, 'repair')
  if (no) return no
  const request = { agreed: proposed.corrections, onProgress }
  return outcomeOf(await holdfast.repair(request), 'written')
}
