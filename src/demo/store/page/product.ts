import { holdfastCart, type StockChange } from '@holdfast/client/element'
import { marked, messageOf, say } from './say.ts'

const AHEAD = new Set(['backorder', 'pre_order', 'made_to_order'])
const NONE = new Set(['sold_out', 'not_sold', 'stopped'])

/** The page of a product: the choice names a SKU, the element says what of it, the button holds. */
export const startProduct = (): void => {
  const form = marked('product') as HTMLFormElement
  const stock = form.querySelector('holdfast-stock') as HTMLElement & { state?: string }
  const button = form.querySelector('button') as HTMLButtonElement
  const message = marked('message')
  const variants = [...form.querySelectorAll('data')]

  const chosen = (): string => {
    const data = new FormData(form)
    const values = [...data.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => value)
    const found = variants.find(each => each.dataset['values'] === values.join('\n'))
    return found?.value ?? variants[0]?.value ?? ''
  }
  const label = (state: string | undefined): void => {
    button.disabled = NONE.has(state ?? '')
    if (button.disabled) button.textContent = say.gone
    else if (AHEAD.has(state ?? '')) button.textContent = say.order_ahead
    else button.textContent = state === 'held' ? say.again : say.add
  }

  form.addEventListener('change', () => {
    message.textContent = ''
    stock.setAttribute('sku', chosen())
    label(stock.state)
  })
  stock.addEventListener('holdfast-change', event => {
    label((event as CustomEvent<StockChange>).detail.state)
  })
  label(stock.state)
  form.addEventListener('submit', async event => {
    event.preventDefault()
    const sku = chosen()
    const before = holdfastCart.get().lines.find(line => line.sku === sku)?.quantity ?? 0
    button.disabled = true
    try {
      message.textContent = messageOf(await holdfastCart.put(sku, before + 1))
    } catch {
      message.textContent = say.failed
    }
    label(stock.state)
  })
}
