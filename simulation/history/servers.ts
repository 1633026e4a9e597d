import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { HoldfastError } from '../../src/errors.ts'
import type { Answered, Asked } from '../calls.ts'
import type { Reply } from './serverProcess.ts'

const program = fileURLToPath(new URL('serverProcess.ts', import.meta.url))

type Waiting = { resolve(answer: Answered): void; reject(error: Error): void }

/** A server process that may be killed at any moment; who waits is then told that it is gone. */
export class Server {
  readonly #databaseUrl: string
  readonly #waiting = new Map<number, Waiting>()
  #child: ChildProcess | undefined
  #questions = 0
  kills = 0

  constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl
  }

  async start(): Promise<void> {
    const child = fork(program, [this.#databaseUrl], {
      execArgv: ['--conditions=source', '--import', 'tsx'],
    })
    child.once('exit', () => this.#gone(child))
    child.on('error', () => {}) // a message to one that was killed
    await once(child, 'message')
    child.on('message', reply => this.#hear(reply as Reply))
    this.#child = child
  }

  /** SIGKILL, then a new process. */
  async killAndRestart(): Promise<void> {
    this.kills++
    this.#child?.kill('SIGKILL')
    this.#gone(this.#child)
    await this.start()
  }

  ask(verb: string, request: Asked, key: string | undefined): Promise<Answered> {
    return new Promise((resolve, reject) => {
      if (!this.#child) {
        reject(new HoldfastError('database_unavailable', { message: 'no server is there' }))
        return
      }
      const id = ++this.#questions
      this.#waiting.set(id, { resolve, reject })
      this.#child.send({ id, verb, request, key })
    })
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (!child) return
    this.#child = undefined
    child.disconnect()
    await once(child, 'exit')
  }

  #hear({ id, answer, error }: Reply): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (answer) waiting?.resolve(answer)
    else waiting?.reject(new HoldfastError('busy', { message: String(error) }))
  }

  #gone(child: ChildProcess | undefined): void {
    if (this.#child !== child) return
    this.#child = undefined
    const lost = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of lost) {
      reject(new HoldfastError('database_unavailable', { message: 'the server was killed' }))
    }
  }
}
