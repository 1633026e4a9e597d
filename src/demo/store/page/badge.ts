import { holdfastCart } from '@holdfast/client/element'
import { marked, timeText } from './say.ts'

const TICK_MS = 1_000

/** How many the cart has, and how long they are held, in the bar of every page. */
export const showBadge = (): void => {
  const count = marked('count')
  const left = marked('left')
  const show = () => {
    const { lines } = holdfastCart.get()
    const units = lines.reduce((sum, { quantity }) => sum + quantity, 0)
    count.hidden = units === 0
    count.textContent = String(units)
    const ms = holdfastCart.msLeft() ?? 0
    left.hidden = units === 0 || ms === 0
    left.textContent = timeText(ms)
  }
  holdfastCart.subscribe(show)
  setInterval(show, TICK_MS)
  holdfastCart.restore().then(show, show) // shown as it was kept, if the server is away
}
