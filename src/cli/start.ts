import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { PORT } from './address.ts'
import { CommandError } from './commandError.ts'
import { readNumber } from './lines.ts'
import { dataFolder, hasEmbeddedData } from './open.ts'
import { requirePublicUrl } from './publicUrl.ts'
import { endServers } from './runningServer.ts'
import { serving } from './serving.ts'
import type { Shell } from './shell.ts'

const LEVELS = ['debug', 'info', 'warn', 'error']

type Proxied = { publicUrl?: string; trustProxy?: string }

/** What stands in front of the server, by option or environment. */
const proxiedBy = (options: Proxied): Proxied => {
  const publicUrl = options.publicUrl ?? (process.env['HOLDFAST_PUBLIC_URL'] || undefined)
  const trustProxy = options.trustProxy ?? (process.env['HOLDFAST_TRUST_PROXY'] || undefined)
  if (publicUrl !== undefined) requirePublicUrl(publicUrl)
  return { ...(publicUrl ? { publicUrl } : {}), ...(trustProxy ? { trustProxy } : {}) }
}

/** Serves: `holdfast start`, and ends it: `holdfast stop`. */
export const register = (program: Command, shell: Shell): void => {
  const start = program
    .command('start')
    .summary('serve HTTP, with an embedded PostgreSQL unless DATABASE_URL is set')
    .option('--port <number>', 'to listen on', readNumber, PORT)
    .option('--host <address>', 'to listen on', '127.0.0.1')
    .option('--public-url <url>', 'where browsers find it (HOLDFAST_PUBLIC_URL)')
    .option('--trust-proxy <list>', 'whose X-Forwarded headers are true (HOLDFAST_TRUST_PROXY)')
    .option('--demo', 'fill an empty shop with about 40 products and two weeks of orders')
    .option('--no-sweeper', 'do not tidy up holds that have ended')
    .option('--no-events', 'do not feed events, nor send webhooks')
    .option('--webhooks-to-private', 'send them to private addresses too, and by http')
    .option('--no-mail', 'send no mails from this process')
    .option('--no-audit', 'do not verify the books in the background')
    .option('--audit-pause-ms <number>', 'between two slices of it, at the least', readNumber)
    .addOption(new Option('--log <level>', 'log requests on stderr, as JSON').choices(LEVELS))
    .option('--accept-data-loss', 'serve although the database may lose acknowledged writes')
    .addHelpText(
      'after',
      '\nExamples:\n  $ holdfast start --demo\n  $ holdfast start --port 8080 --host 0.0.0.0',
    )
  start.action(() => {
    const options = shell.optionsOf(start)
    const { port, host, demo, sweeper, audit, auditPauseMs, events } = start.opts()
    const { acceptDataLoss, log, webhooksToPrivate, mail } = start.opts()
    const proxied = proxiedBy(start.opts())
    return shell.run(options, () =>
      serving({
        ...options,
        ...{ port, host, demo, sweeper, audit, auditPauseMs, events, acceptDataLoss, log },
        webhooksToPrivate,
        mail,
        ...proxied,
        say: line => shell.output.out(`${line}\n`),
        notice: line => shell.notice(line),
      }),
    )
  })
  registerStop(program, shell)
}

const registerStop = (program: Command, shell: Shell): void => {
  const stop = program
    .command('stop')
    .summary('end the server and the embedded PostgreSQL of this data folder')
    .addHelpText('after', '\nExample:\n  $ holdfast stop --data-dir .holdfast')
  stop.action(() => {
    const options = shell.optionsOf(stop)
    return shell.run(options, async () => {
      const folder = dataFolder(options.dataDir)
      const dataDir = join(folder, 'postgres')
      const embedded = hasEmbeddedData(options.dataDir) && (await import('@holdfast/embedded'))
      const ran = embedded && (await embedded.locateServer({ dataDir })) !== undefined
      const { ended, alive } = await endServers(folder)
      if (alive.length > 0) {
        throw new CommandError('still_running', `Process ${alive.join(', ')} has not ended yet.`, {
          hint: `It answers what is in flight. To end it at once: kill -9 ${alive.join(' ')}`,
        })
      }
      if (ran) await embedded.stopPostgres({ dataDir })
      return {
        json: { ok: true, servers: ended, postgres: ran },
        lines: [
          ended.length === 0 ? 'no server was running' : `server ${ended.join(', ')} has ended`,
          ran ? 'PostgreSQL has stopped' : 'PostgreSQL is not running',
        ],
      }
    })
  })
}
