import { type Cart, type CartAnswer, type CartLine, holdfastCart } from '@holdfast/client/element'
import type { GoodsLine } from '../catalogue.ts'
import type { CheckedOut } from '../checkOut.ts'
import { filled } from '../demoTexts.ts'
import { euros, home, marked, messageOf, say, timeText } from './say.ts'

const TICK_MS = 1_000

type Child = Node | string

const made = (tag: string, set: Record<string, unknown>, ...children: Child[]): HTMLElement => {
  const element = Object.assign(document.createElement(tag), set)
  element.append(...children)
  return element
}

let goods: Record<string, GoodsLine> = {}

const change = async (work: () => Promise<CartAnswer>): Promise<void> => {
  const message = marked('message')
  try {
    message.textContent = messageOf(await work())
  } catch {
    message.textContent = say.failed
  }
}

const step = (text: string, name: string, sku: string, quantity: number): HTMLElement => {
  const onclick = () => change(() => holdfastCart.put(sku, quantity))
  const button = made('button', { type: 'button', onclick }, text)
  button.setAttribute('aria-label', name)
  return button
}

const lineOf = ({ sku, quantity }: CartLine): HTMLElement => {
  const found = goods[sku] ?? { name: sku, label: '', price: 0, handle: 'n' }
  const stock = document.createElement('holdfast-stock')
  stock.setAttribute('sku', sku)
  const picture = made('img', { alt: '', width: 64, height: 64 }) as HTMLImageElement
  picture.src = `/demo/store/pictures/${found.handle}.svg`
  const less = quantity > 1 ? say.less : say.remove
  return made(
    'li',
    { className: 'line' },
    picture,
    made(
      'div',
      {},
      made('a', { href: `${home}/products/${found.handle}` }, made('strong', {}, found.name)),
      made('div', { className: 'label' }, found.label),
      stock,
    ),
    made(
      'div',
      { className: 'times' },
      step(quantity > 1 ? '−' : '×', `${less}: ${found.name}`, sku, quantity - 1),
      String(quantity),
      step('+', `${say.more}: ${found.name}`, sku, quantity + 1),
      made('span', { className: 'price' }, euros(found.price * quantity)),
    ),
  )
}

const checkOut = async (): Promise<void> => {
  const message = marked('message')
  const { reservation_id } = holdfastCart.get()
  const body = new Blob([JSON.stringify({ reservation_id })], { type: 'application/json' })
  try {
    const headers = { 'x-holdfast-browser': holdfastCart.browser() ?? '' }
    const response = await fetch('/demo/store/checkout', { method: 'POST', headers, body })
    const answer = (await response.json()) as CheckedOut
    if (response.ok && answer.ok) {
      holdfastCart.forget()
      location.assign(`${home}/orders/${answer.reference}`)
    } else message.textContent = say.late
  } catch {
    message.textContent = say.failed
  }
}

const showSum = ({ lines, reservation_id }: Cart): void => {
  const total = lines.reduce(
    (sum, { sku, quantity }) => sum + (goods[sku]?.price ?? 0) * quantity,
    0,
  )
  const order = made(
    'button',
    { type: 'button', className: 'primary', onclick: checkOut },
    say.order,
  )
  ;(order as HTMLButtonElement).disabled = !reservation_id
  const giveBack = () => change(() => holdfastCart.clear())
  marked('sum').replaceChildren(
    made('div', { className: 'total' }, say.total, made('span', {}, euros(total))),
    order,
    made('button', { type: 'button', onclick: giveBack }, say.give_back),
    made('p', { className: 'note' }, say.ordering),
  )
}

let shown = ''

/** Draws the lines anew where they have changed, and leaves the focus where it was. */
const show = (cart: Cart): void => {
  const { lines } = cart
  const now = JSON.stringify([lines, cart.reservation_id])
  if (now === shown) return
  shown = now
  const focused = document.activeElement?.getAttribute('aria-label')
  marked('lines').replaceChildren(...lines.map(lineOf))
  showSum(cart)
  marked('sum').hidden = lines.length === 0
  marked('empty').hidden = lines.length > 0
  const again = [...document.querySelectorAll('button')]
  again.find(each => focused && each.getAttribute('aria-label') === focused)?.focus()
}

let ended = false

/** How long the hold has, second by second; once it has ended, a way to take it again. */
const showHold = (): void => {
  const hold = marked('hold')
  const { lines } = holdfastCart.get()
  const ms = holdfastCart.msLeft()
  hold.hidden = lines.length === 0 || ms === undefined
  if (hold.hidden || ms === undefined) return
  if (ms > 0) {
    ended = false
    const left = made('b', {}, filled(say.hold_left, { time: timeText(ms) }))
    hold.replaceChildren(left, ` · ${say.held}`)
  }
  if (ended || ms > 0) return
  ended = true
  const [first] = lines as [CartLine]
  const onclick = () => change(() => holdfastCart.put(first.sku, first.quantity))
  hold.replaceChildren(say.ended, ' ', made('button', { type: 'button', onclick }, say.hold_again))
}

/** The page of the cart. */
export const startCart = async (): Promise<void> => {
  const response = await fetch(`${home}/goods.json`)
  if (response.ok) goods = (await response.json()) as typeof goods
  show(holdfastCart.get())
  showHold()
  holdfastCart.subscribe(cart => {
    show(cart)
    showHold()
  })
  setInterval(showHold, TICK_MS)
}
