import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Round } from './scenario.ts'

/** A round that was run: of which scenario and system, in which turn. */
export type Kept = Round & {
  scenario: string
  runner: string
  turn: number
  wanted_seconds: number
  machine: string
  at: string
}

/**
 * The rounds of a run, one a line of a file, so that a run which was cut short goes on where it
 * was. Without a file they are kept in memory only.
 */
export class Rounds {
  readonly #file: string | undefined
  readonly #kept: Kept[] = []

  constructor(file?: string) {
    this.#file = file
    if (!file || !existsSync(file)) return
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line) this.#kept.push(JSON.parse(line))
    }
  }

  forget(): void {
    this.#kept.length = 0
    if (this.#file) rmSync(this.#file, { force: true })
  }

  add(kept: Kept): void {
    this.#kept.push(kept)
    if (!this.#file) return
    mkdirSync(dirname(this.#file), { recursive: true })
    appendFileSync(this.#file, `${JSON.stringify(kept)}\n`)
  }

  /** A longer round of an earlier call will do. */
  has(wanted: Pick<Kept, 'scenario' | 'runner' | 'turn' | 'wanted_seconds'>): boolean {
    return this.#kept.some(
      each =>
        each.scenario === wanted.scenario &&
        each.runner === wanted.runner &&
        each.turn === wanted.turn &&
        each.wanted_seconds >= wanted.wanted_seconds,
    )
  }

  /** Where they were run, each told once. */
  machines(): string[] {
    return [...new Set(this.#kept.map(({ machine }) => machine))]
  }

  /** Shorter rounds of an earlier call do not count beside longer ones. */
  of(scenario: string, runner: string): Kept[] {
    const all = this.#kept.filter(each => each.scenario === scenario && each.runner === runner)
    const longest = Math.max(...all.map(({ wanted_seconds }) => wanted_seconds))
    return all.filter(({ wanted_seconds }) => wanted_seconds === longest)
  }
}
