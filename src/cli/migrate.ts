import type { Command } from 'commander'
import { migrateDatabase } from './open.ts'
import type { Shell } from './shell.ts'

/** Brings the schema up to date: `holdfast migrate`. */
export const register = (program: Command, shell: Shell): void => {
  const migrate = program
    .command('migrate')
    .summary('bring the schema of the database up to date')
    .addHelpText(
      'after',
      '\nExample:\n  $ holdfast migrate --database-url postgres://admin@db/shop',
    )
  migrate.action(() => {
    const options = shell.optionsOf(migrate)
    return shell.run(options, async () => {
      const report = await migrateDatabase(options)
      return {
        json: { ok: true, ...report },
        lines: [
          ...report.applied.map(name => `applied ${name}`),
          `schema at migration ${report.at}, functions ${report.engine}`,
        ],
      }
    })
  })
}
