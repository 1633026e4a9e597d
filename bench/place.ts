import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, startCluster } from './cluster.ts'

type End = () => Promise<void> | void

/** Where a benchmark runs: a folder, a cluster, and the end of all that it has started. */
export class Place {
  readonly folder: string
  /** Short rounds on a cluster without a history; no checkpoint falls into them. */
  readonly quick: boolean
  readonly #postgres: string | undefined
  readonly #ends = new Set<End>()
  #cluster: Promise<Cluster> | undefined
  #ending: Promise<void> | undefined

  constructor(options: { quick: boolean; postgres?: string | undefined }) {
    this.quick = options.quick
    this.#postgres = options.postgres
    this.folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
    chmodSync(this.folder, 0o755) // root lends PostgreSQL another user, who comes here too
  }

  /** The cluster of the whole run, started at its first use. */
  cluster(): Promise<Cluster> {
    this.#cluster ??= startCluster({
      folder: this.folder,
      quick: this.quick,
      url: this.#postgres,
    })
    return this.#cluster
  }

  /** Remembers how something that was started is ended; the answer ends it now. */
  keep(end: End): () => Promise<void> {
    this.#ends.add(end)
    return async () => {
      if (this.#ends.delete(end)) await end()
    }
  }

  get ending(): boolean {
    return this.#ending !== undefined
  }

  /** Ends all that is still there, the youngest first, and removes the folder. */
  end(): Promise<void> {
    this.#ending ??= this.#endAll()
    return this.#ending
  }

  async #endAll(): Promise<void> {
    for (const end of [...this.#ends].reverse()) {
      this.#ends.delete(end)
      await Promise.resolve(end()).catch(() => {}) // it may be half ended already
    }
    const cluster = await this.#cluster?.catch(() => undefined)
    await cluster?.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
