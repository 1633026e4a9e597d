import type { Refusal } from '../refusals.ts'

/** The file as a whole cannot be taken; ends up as a refusal, with nothing written. */
export class UnreadableFile extends Error {
  readonly facts: Record<string, unknown>

  constructor(message: string, facts: Record<string, unknown> = {}) {
    super(message)
    this.name = 'UnreadableFile'
    this.facts = facts
  }

  /** As a refusal of the call. */
  refusal(): Refusal {
    return { code: 'invalid_request', message: this.message, field: 'file', ...this.facts }
  }
}
