import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { clock } from '../src/clock.ts'

const program = fileURLToPath(new URL('buyer.mjs', import.meta.url))

/** Starts a process that buys and buys, and kills it with SIGKILL after so many milliseconds. */
export const killBuyer = async (url: string, sku: string, afterMs: number): Promise<void> => {
  const child = spawn(process.execPath, [program, url, sku], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await clock.sleep(afterMs)
  child.kill('SIGKILL')
  await once(child, 'exit')
}
