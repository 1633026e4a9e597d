import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import type { Api, Place } from '../prove/api.ts'
import { type Books, booksOf } from '../prove/books.ts'
import { cleanUp, freshSku } from '../prove/place.ts'
import { holds, type Proof, prove } from '../prove/prove.ts'
import { reportOf } from '../prove/report.ts'
import { type Server, startServers } from '../prove/servers.ts'
import { usage } from './commandError.ts'
import { readNumber } from './lines.ts'
import { openDatabase } from './open.ts'
import { paceOf } from './pace.ts'
import { EXIT, type Outcome, type Shell } from './shell.ts'

type Wanted = { buyers: number; units: number; servers: number; report?: string }
type There = { url: string; key?: string }

const BUYERS_MAX = 10_000
const UNITS_MAX = 1e12
const SERVERS_MAX = 8 // ten connections each, of the hundred that the embedded server has

const refuseOdd = ({ buyers, units, servers }: Wanted): void => {
  const bounds = { buyers: BUYERS_MAX, units: UNITS_MAX, servers: SERVERS_MAX }
  for (const [name, value] of Object.entries({ buyers, units, servers })) {
    const max = bounds[name as keyof typeof bounds]
    if (Number.isInteger(value) && value >= 1 && value <= max) continue
    throw usage(`--${name} must be a whole number from 1 to ${max}.`)
  }
}

const addressOf = (url: string): string => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw usage(`"${url.slice(0, 60)}" is no address of a server.`, 'As http://127.0.0.1:4646')
  }
  return parsed.href.replace(/\/+$/, '')
}

const outcome = (proof: Proof, { report }: Wanted): Outcome => {
  if (report) writeFileSync(report, reportOf(proof, report, clock.now()))
  const { findings, levels, movements } = proof.verify
  const others = Object.entries(proof.other).map(([name, count]) => `, ${count} × ${name}`)
  return {
    json: proof,
    lines: [
      `${proof.buyers} buyers for ${proof.units} units, ${proof.servers} servers, ` +
        `${proof.seconds} s`,
      `sold ${proof.sold}, refused ${proof.refused}${others.join('')}`,
      `oversold ${proof.oversold}, lost ${proof.lost}, doubled ${proof.duplicates}`,
      `verify: ${findings === 0 ? 'clean' : `${findings} findings`} ` +
        `(${levels} levels, ${movements} movements)`,
      ...(report ? [`report in ${report}`] : []),
      holds(proof) ? 'Proved.' : 'NOT proved.',
    ],
    exit: holds(proof) ? EXIT.ok : EXIT.refused,
  }
}

/** The fight itself, the books after it, and then everything as it was. */
const fight = async (
  shell: Shell,
  api: Api,
  wanted: Wanted,
  verify: (place: Place) => Promise<Books>,
): Promise<Outcome> => {
  const place = await freshSku(api, wanted.units)
  try {
    const pace = paceOf(wanted.buyers, 'answers')
    const onAnswer = (answered: number) => shell.progress(pace(answered))
    const fought = await prove(api, { ...wanted, ...place, onAnswer })
    shell.progress('verify …')
    return outcome({ ...fought, verify: await verify(place) }, wanted)
  } finally {
    await cleanUp(api, place)
  }
}

const proveHere = async (
  shell: Shell,
  holdfast: Holdfast,
  connectionString: string,
  wanted: Wanted,
): Promise<Outcome> => {
  const scopes = ['read', 'sell', 'stock'] as const
  const made = await holdfast.keys.create({ name: 'proof', scopes: [...scopes], mode: 'live' })
  if (!made.ok || !made.key) {
    throw new HoldfastError('forbidden', { message: 'No key could be made for the proof.' })
  }
  let servers: Server[] = []
  try {
    shell.progress(`starting ${wanted.servers} servers …`)
    servers = await startServers(connectionString, wanted.servers)
    const api: Api = { urls: servers.map(server => server.url), key: made.key }
    return await fight(shell, api, wanted, async () => {
      const { finding_count: findings, levels, movements } = await holdfast.verify()
      return { findings, levels, movements }
    })
  } finally {
    await Promise.all(servers.map(server => server.stop()))
    await holdfast.keys.revoke({ key_id: made.key_id })
  }
}

const proveThere = (shell: Shell, { url, key }: There, wanted: Wanted): Promise<Outcome> => {
  if (!key) throw usage('The server of --url wants a key.', 'Add --key hf_live_…')
  const api: Api = { urls: url.split(',').map(addressOf), key }
  return fight(shell, api, wanted, place => booksOf(api, place))
}

/** Proves an installation: `holdfast prove`. */
export const register = (program: Command, shell: Shell): void => {
  const command = program
    .command('prove')
    .summary('many buyers at once for few units, against your own installation')
    .description(
      'Many buyers at once for few units of a fresh SKU, over HTTP. Exit code 0 only if exactly ' +
        'the units were sold, all others were refused as sold out, and the books are clean.',
    )
    .option('--buyers <number>', 'who come at once', readNumber, 500)
    .option('--units <number>', 'that exist', readNumber, 50)
    .option('--servers <number>', 'server processes to start', readNumber, 2)
    .option('--url <url>', 'prove what runs there instead; several with commas between')
    .option('--key <key>', 'its API key: read, sell and stock')
    .option('--report <file>', 'write a page to show around: Markdown, or HTML for .html')
    .addHelpText(
      'after',
      '\nExamples:\n  $ holdfast prove --buyers 500 --units 50 --servers 2\n' +
        '  $ holdfast prove --url https://stock.example.com --key hf_live_… --report proof.html',
    )
  command.action(() => {
    const options = shell.optionsOf(command)
    const { url, key, ...wanted } = command.opts() as Wanted & Partial<There>
    return shell.run(options, async () => {
      refuseOdd(wanted)
      if (url !== undefined) return proveThere(shell, { url, ...(key ? { key } : {}) }, wanted)
      const opened = await openDatabase({ ...options, onNotice: line => shell.notice(line) })
      const { connectionString } = opened
      try {
        return await shell.onDatabase(connectionString, options, holdfast =>
          proveHere(shell, holdfast, connectionString, wanted),
        )
      } finally {
        await opened.close()
      }
    })
  })
}
