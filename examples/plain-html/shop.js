import { holdfastCart } from 'http://127.0.0.1:4646/element.js'

const form = document.querySelector('form')
const stock = document.querySelector('holdfast-stock')
const message = document.querySelector('[role=status]')
const button = document.querySelector('button')

form.addEventListener('change', () => stock.setAttribute('sku', form.sku.value))

form.addEventListener('submit', async event => {
  event.preventDefault()
  const sku = form.sku.value
  const before = holdfastCart.get().lines.find(line => line.sku === sku)?.quantity ?? 0
  const answer = await holdfastCart.put(sku, before + 1)
  message.textContent = answer.ok
    ? 'Held for you.'
    : `${answer.refusal.lines?.[0]?.available ?? 0} more are free.`
})

document.addEventListener('holdfast-change', ({ detail }) => {
  button.disabled = detail.state === 'sold_out'
})

const show = ({ lines }) => {
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  document.querySelector('output').textContent = String(units)
}
holdfastCart.subscribe(show)
show(holdfastCart.get())
holdfastCart.restore()
