import { clock } from '../clock.ts'

/** Rests that end at once when there is nothing to go on with, or at a wake-up. */
export class Pauses {
  over = false
  #wake = (): void => {}

  async rest(ms: number): Promise<void> {
    if (this.over) return
    await new Promise<void>(resolve => {
      const callOff = clock.after(ms, resolve)
      this.#wake = () => {
        callOff()
        resolve()
      }
    })
  }

  /** Ends the rest that is under way. */
  wake(): void {
    this.#wake()
  }

  end(): void {
    this.over = true
    this.#wake()
  }
}
