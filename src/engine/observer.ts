/** Who watches the engine: metrics, a bench, a test. */
export type Observer = {
  /** A verb was answered: `ok`, a refusal's code or an error's. */
  decided(verb: string, outcome: string): void
  /** A flush has ended. */
  flushed(verb: string, size: number, milliseconds: number): void
}

export const silent: Observer = { decided: () => {}, flushed: () => {} }
