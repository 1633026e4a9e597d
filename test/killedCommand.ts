import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { clock } from '../src/clock.ts'
import { named } from '../src/torture/through.ts'

import { builtCommand } from './builtCommand.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const LOOK_MS = 2
const LATER_MS_MAX = 120

type Command = {
  /** The words of the command line, without the database. */
  argv: string[]
  url: string
  /** How often it is killed in the middle of its work before it may end. */
  kills: number
  random: (below: number) => number
  /** For a command that does not end by itself: true when its work is done. */
  until?: () => Promise<boolean>
}

const launch = ({ argv, url }: Command, name: string, folder: string) => {
  const place = ['--data-dir', folder, '--database-url', named(url, name)]
  const child = spawn(process.execPath, [...builtCommand, ...argv, ...place], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return { child, ended, said: () => said }
}

/** Waits until the command is at work in the database, or has ended. */
const atWork = async (watcher: pg.Client, name: string, ended: Promise<unknown>) => {
  let over = false
  void ended.then(() => {
    over = true
  })
  const text = `select 1 from pg_stat_activity where application_name = $1 and state = 'active'
    and query !~ 'pg_is_in_recovery|to_regclass'`
  while (!over && (await watcher.query(text, [name])).rowCount === 0) await clock.sleep(LOOK_MS)
}

/**
 * Starts a command and kills it with SIGKILL at a random moment of its work, so many times; then
 * lets it end. It fails where the last one does.
 */
export const killedUntilDone = async (command: Command): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-killed-'))
  const watcher = new pg.Client(command.url)
  await watcher.connect()
  try {
    for (let kill = 0; kill < command.kills; kill++) {
      const name = `killed-${kill}`
      const { child, ended } = launch(command, name, folder)
      await atWork(watcher, name, ended)
      await clock.sleep(command.random(LATER_MS_MAX))
      child.kill('SIGKILL')
      await ended
    }
    const { child, ended, said } = launch(command, 'at last', folder)
    if (command.until) {
      while (!(await command.until())) await clock.sleep(LOOK_MS * 50)
      child.kill('SIGTERM')
    }
    if ((await ended) !== 0) throw new Error(said())
  } finally {
    await watcher.end()
    rmSync(folder, { recursive: true, force: true })
  }
}
