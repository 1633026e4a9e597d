/** Who watches the engine: metrics, a bench, a test. */
export type Observer = {
  /** A verb was answered: `ok`, a refusal's code or an error's. */
  decided(verb: string, outcome: string): void
  /** A flush of one tenant has ended. */
  flushed(verb: string, size: number, milliseconds: number, tenant_id: number): void
}

export const silent: Observer = { decided: () => {}, flushed: () => {} }
