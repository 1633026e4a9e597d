import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { builtCli } from './builtCli.ts'
import { comparable, runConsole, stepsIn, withOutput } from './consoleGuide.ts'
import { freshDatabase } from './database.ts'
import { root } from './houseFiles.ts'
import { asOwner } from './shop.ts'

// The guide is run as a new user would: a server of its own, the command line, curl, a receiver of
// webhooks. HOLDFAST_WRITE_GUIDE=1 writes what came into it, to be looked at before it is committed.

const GUIDE = join(root, 'docs/guides/tell-customers.md')
const MONDAY = '2026-11-30T09:00:00Z'
const CURL = ['/usr/bin/curl', '/bin/curl', '/usr/local/bin/curl'].some(existsSync)

const guide = readFileSync(GUIDE, 'utf8')
const { url, ownerUrl } = await freshDatabase()
const children: ChildProcess[] = []
afterAll(async () => {
  for (const child of children) {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
  }
})

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}

/** A folder with what a user has: `npx holdfast`, the receiver, and its library. */
const folderOf = (cli: string, receiver: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-guide-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'receive.mjs'), receiver)
  const npx = join(folder, 'npx')
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${cli}" "$@"\n`)
  chmodSync(npx, 0o755)
  return folder
}

const start = async (cli: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const options = ['--port', '0', '--json', '--webhooks-to-private', '--accept-data-loss']
  const child = spawn(process.execPath, [cli, 'start', ...options], { cwd, env })
  children.push(child)
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('{')) return (JSON.parse(line) as { url: string }).url
  }
  throw new Error('the server has not started')
}

test.skipIf(!CURL)('a buyer is told when a date moves, as the guide says', async () => {
  await asOwner(ownerUrl, 'select holdfast.set_test_clock($1::timestamptz - clock_timestamp())', [
    MONDAY,
  ])
  const cli = await builtCli()
  const port = await freePort()
  const receiver = /^```js\n([\s\S]*?)^```$/m.exec(guide)?.[1] ?? ''
  const cwd = folderOf(cli, receiver.replace('4700', `${port}`))
  const env = { ...process.env, DATABASE_URL: url, PATH: `${cwd}:${process.env['PATH']}` }
  const server = await start(cli, cwd, env)
  const steps = stepsIn(guide)
  const here = steps.map(({ command, shown }) => ({
    command: command.replace('http://127.0.0.1:4646', server).replace('4700', `${port}`),
    shown,
  }))
  const outputs = await runConsole(here, { cwd, env })
  if (process.env['HOLDFAST_WRITE_GUIDE']) writeFileSync(GUIDE, withOutput(guide, outputs))
  const now = process.env['HOLDFAST_WRITE_GUIDE'] ? stepsIn(readFileSync(GUIDE, 'utf8')) : steps
  for (const [at, { command, shown }] of now.entries()) {
    const came = comparable(outputs[at] ?? '')
    expect({ command, came }).toEqual({ command, came: comparable(shown) })
  }
})

test('the guide shows what comes of each of its promises', () => {
  const shown = (command: string) => stepsIn(guide).find(step => step.command.includes(command))
  expect(shown('grep -c \'"ok":true\'')?.shown).toBe('5')
  expect(shown('grep -c insufficient_stock')?.shown).toBe('95')
  expect(shown('sort received.txt')?.shown.split('\n')).toHaveLength(5)
  expect(shown('grep -c delivered')?.shown).toBe('5')
  expect(shown('supply receive')?.shown).toContain('1 for order-3, who waited')
  expect(shown('reservations show order-4')?.shown).toMatch(/berlin +0 +1 +0/)
  expect(shown('holdfast verify')?.shown).toMatch(/^clean/)
})
