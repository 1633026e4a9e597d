const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** What happened, a line a decision: two runs of one seed have the same lines, and one digest. */
export class History {
  readonly lines: string[] = []
  readonly #names = new Map<string, string>()
  #digest = 0x811c9dc5

  add(step: number, line: string): void {
    // Ids that PostgreSQL mints differ from run to run; their order of appearance does not.
    const told = `${step} ${line}`.replace(UUID, id => this.#nameOf(id))
    this.lines.push(told)
    for (let i = 0; i < told.length; i++) {
      this.#digest = Math.imul(this.#digest ^ told.charCodeAt(i), 0x01000193)
    }
  }

  get digest(): string {
    return (this.#digest >>> 0).toString(16).padStart(8, '0')
  }

  /** The name of an id in the lines, with the id: a person looks it up in the database. */
  legend(): string[] {
    return [...this.#names].map(([id, name]) => `${name} = ${id}`)
  }

  #nameOf(id: string): string {
    let name = this.#names.get(id)
    if (name === undefined) {
      name = `r${this.#names.size + 1}`
      this.#names.set(id, name)
    }
    return name
  }
}
