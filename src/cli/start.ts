import { join } from 'node:path'
import type { Command } from 'commander'
import { readNumber } from './lines.ts'
import { dataFolder, hasEmbeddedData } from './open.ts'
import { endServer } from './runningServer.ts'
import { serving } from './serving.ts'
import type { Shell } from './shell.ts'

const PORT = 4646

/** Serves: `holdfast start`, and ends it: `holdfast stop`. */
export const register = (program: Command, shell: Shell): void => {
  const start = program
    .command('start')
    .summary('serve HTTP, with an embedded PostgreSQL unless DATABASE_URL is set')
    .option('--port <number>', 'to listen on', readNumber, PORT)
    .option('--host <address>', 'to listen on', '127.0.0.1')
    .option('--demo', 'fill an empty shop with about 40 products and two weeks of orders')
    .option('--no-sweeper', 'do not tidy up holds that have ended')
    .option('--accept-data-loss', 'serve although the database may lose acknowledged writes')
    .addHelpText('after', '\nExample:\n  $ holdfast start --demo')
  start.action(() => {
    const options = shell.optionsOf(start)
    const { port, host, demo, sweeper, acceptDataLoss } = start.opts()
    return shell.run(options, () =>
      serving({
        ...options,
        ...{ port, host, demo, sweeper, acceptDataLoss },
        say: line => shell.output.out(`${line}\n`),
        notice: line => shell.notice(line),
      }),
    )
  })
  const stop = program
    .command('stop')
    .summary('end the server and the embedded PostgreSQL of this data folder')
    .addHelpText('after', '\nExample:\n  $ holdfast stop --data-dir .holdfast')
  stop.action(() => {
    const options = shell.optionsOf(stop)
    return shell.run(options, async () => {
      const folder = dataFolder(options.dataDir)
      const server = await endServer(folder)
      const postgres = hasEmbeddedData(options.dataDir) && (await stopEmbedded(folder))
      return {
        json: { ok: true, server, postgres },
        lines: [
          server === null ? 'no server was running' : `server ${server} has ended`,
          postgres ? 'PostgreSQL has stopped' : 'PostgreSQL is not running',
        ],
      }
    })
  })
}

const stopEmbedded = async (folder: string): Promise<boolean> => {
  const { stopPostgres } = await import('@holdfast/embedded')
  return stopPostgres({ dataDir: join(folder, 'postgres') })
}
