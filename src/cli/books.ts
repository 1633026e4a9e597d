import type { Command } from 'commander'
import { readFor } from '../database/context.ts'
import { paceOf } from './pace.ts'
import { EXIT, type Shell } from './shell.ts'

type Sizes = { levels: number; reservations: number }

/** Proves the books: `holdfast verify`. */
export const register = (program: Command, shell: Shell): void => {
  const verify = program
    .command('verify')
    .summary('recompute every level from the ledger and from the allocations')
    .addHelpText('after', '\nExample:\n  $ holdfast verify --json')
  verify.action(() =>
    shell.withHoldfast(verify, async holdfast => {
      const sizes = await readFor<Sizes>(holdfast.context, 'book_sizes')
      const pace = paceOf(sizes.levels + sizes.reservations, 'levels and reservations')
      const found = await holdfast.verify({
        onProgress: at =>
          shell.progress(`${pace(at.levels + at.reservations)}; ${at.findings} findings`),
      })
      const { findings, finding_count, levels, movements, reservations, seconds } = found
      return {
        json: { findings, finding_count, levels, movements, reservations, seconds },
        lines: [
          ...findings.map(finding => {
            const place = [finding.sku, finding.location].filter(Boolean).join(' at ')
            return (
              `${finding.code}: ${place} ${finding.what}: expected ${finding.expected}, ` +
              `found ${finding.found}. ${finding.explanation} ${finding.remedy}`
            )
          }),
          `${finding_count === 0 ? 'clean' : `${finding_count} findings`}: ${levels} levels, ` +
            `${movements} movements, ${reservations} reservations in ${seconds.toFixed(1)} s`,
        ],
        exit: finding_count === 0 ? EXIT.ok : EXIT.refused,
      }
    }),
  )
}
