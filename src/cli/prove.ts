import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import { type Api, freshSku, holds, type Proof, prove, reportOf } from '../prove/prove.ts'
import { type Server, startServer } from '../prove/servers.ts'
import { readNumber } from './lines.ts'
import { openDatabase } from './open.ts'
import { EXIT, type Outcome, type Shell } from './shell.ts'

type Wanted = { buyers: number; units: number; servers: number; report?: string }

const BUYERS_MAX = 100_000
const SERVERS_MAX = 16

const refuseOdd = ({ buyers, units, servers }: Wanted): void => {
  const fits = (value: number, max: number) => Number.isInteger(value) && value >= 1 && value <= max
  if (fits(buyers, BUYERS_MAX) && fits(units, 1e12) && fits(servers, SERVERS_MAX)) return
  throw new HoldfastError('forbidden', {
    message: 'buyers, units and servers must be whole numbers from 1.',
    hint: `At most ${BUYERS_MAX} buyers and ${SERVERS_MAX} servers.`,
  })
}

const outcome = (proof: Proof, report: string | undefined): Outcome => {
  if (report) writeFileSync(report, reportOf(proof, clock.now()))
  const others = Object.entries(proof.other).map(([name, count]) => `${count} × ${name}`)
  return {
    json: proof,
    lines: [
      `${proof.buyers} buyers for ${proof.units} units, ${proof.servers} servers, ` +
        `${proof.seconds} s`,
      `sold ${proof.sold}, refused ${proof.refused}` +
        (others.length ? `, ${others.join(', ')}` : ''),
      `oversold ${proof.oversold}, lost ${proof.lost}, doubled ${proof.duplicates}`,
      proof.verify
        ? `verify: ${proof.verify.findings === 0 ? 'clean' : `${proof.verify.findings} findings`}`
        : 'verify: not run, since the database is behind the server',
      ...(report ? [`report in ${report}`] : []),
      holds(proof) ? 'Proved.' : 'NOT proved.',
    ],
    exit: holds(proof) ? EXIT.ok : EXIT.refused,
  }
}

/** Leaves nothing behind: holds released, stock gone, SKU archived, key revoked. */
const cleanUp = async (holdfast: Holdfast, sku: string, location: string): Promise<void> => {
  for (;;) {
    const page = await holdfast.reservations({ sku, state: 'held', limit: 250 })
    if (!page.ok || page.data.length === 0) break
    await Promise.all(
      page.data.map(({ reservation_id }) =>
        holdfast.release({ reservation_id, reason: 'end of the proof' }),
      ),
    )
  }
  await holdfast.set({ lines: [{ sku, location, quantity: 0 }], document: 'proof' })
  await holdfast.skus.archive({ sku })
}

const proveHere = async (holdfast: Holdfast, url: string, wanted: Wanted): Promise<Outcome> => {
  const made = await holdfast.keys.create({
    name: 'proof',
    scopes: ['read', 'sell', 'stock'],
    mode: 'live',
  })
  if (!made.ok || !made.key) throw new HoldfastError('forbidden')
  const servers: Server[] = []
  try {
    for (let i = 0; i < wanted.servers; i++) servers.push(await startServer(url))
    const api: Api = { urls: servers.map(server => server.url), key: made.key }
    const place = await freshSku(api, wanted.units)
    const proof = await prove(api, { ...wanted, ...place })
    const { finding_count, levels, movements } = await holdfast.verify()
    const verified = { ...proof, verify: { findings: finding_count, levels, movements } }
    await cleanUp(holdfast, place.sku, place.location)
    return outcome(verified, wanted.report)
  } finally {
    for (const server of servers) await server.stop()
    await holdfast.keys.revoke({ key_id: made.key_id })
  }
}

/** Proves an installation: `holdfast prove`. */
export const register = (program: Command, shell: Shell): void => {
  const command = program
    .command('prove')
    .summary('many buyers at once for few units, against your own installation')
    .option('--buyers <number>', 'who come at once', readNumber, 500)
    .option('--units <number>', 'that exist', readNumber, 50)
    .option('--servers <number>', 'server processes to start', readNumber, 1)
    .option('--url <url>', 'prove the server that runs there instead')
    .option('--key <key>', 'its API key: read, sell and stock')
    .option('--report <file>', 'write a page that can be shown around')
    .addHelpText('after', '\nExample:\n  $ holdfast prove --buyers 500 --units 50 --servers 2')
  command.action(() => {
    const options = shell.optionsOf(command)
    const { url, key, ...wanted } = command.opts() as Wanted & { url?: string; key?: string }
    return url === undefined
      ? shell.run(options, async () => {
          refuseOdd(wanted)
          const opened = await openDatabase({ ...options, onNotice: line => shell.notice(line) })
          try {
            const { connectionString } = opened
            return await shell.onDatabase(connectionString, options, holdfast =>
              proveHere(holdfast, connectionString, wanted),
            )
          } finally {
            await opened.close()
          }
        })
      : shell.run(options, async () => {
          refuseOdd(wanted)
          if (!key) throw new HoldfastError('unauthenticated', { hint: 'Add --key hf_live_…' })
          const api: Api = { urls: [url.replace(/\/$/, '')], key }
          const place = await freshSku(api, wanted.units)
          return outcome(await prove(api, { ...wanted, ...place }), wanted.report)
        })
  })
}
