import { type Cart, holdfastCart } from '@holdfast/client/element'
import { useState, useSyncExternalStore } from 'react'

const useCart = (): Cart =>
  useSyncExternalStore(holdfastCart.subscribe, holdfastCart.get, holdfastCart.get)

const SIZES = ['S', 'M', 'L']

/** A product with stock, a choice of sizes and a cart. */
export const App = () => {
  const [size, setSize] = useState('M')
  const [soldOut, setSoldOut] = useState(false)
  const [message, setMessage] = useState('')
  const cart = useCart()
  const sku = `HARBOUR-TEE-${size}-NAVY`
  const inCart = cart.lines.find(line => line.sku === sku)?.quantity ?? 0

  const add = async () => {
    const answer = await holdfastCart.put(sku, inCart + 1)
    const free = answer.ok ? 0 : (answer.refusal.lines?.[0]?.available ?? 0)
    setMessage(answer.ok ? 'Held for you.' : `${free} more are free.`)
  }

  return (
    <main>
      <h1>Harbour Tee</h1>
      {SIZES.map(each => (
        <label key={each}>
          <input type="radio" checked={each === size} onChange={() => setSize(each)} /> {each}
        </label>
      ))}
      <holdfast-stock
        sku={sku}
        low="3"
        onholdfast-change={event => setSoldOut(event.detail.state === 'sold_out')}
      >
        In stock
      </holdfast-stock>
      <button type="button" disabled={soldOut} onClick={add}>
        Add to cart
      </button>
      <p role="status">{message}</p>
      <p>
        In your cart: <output>{cart.lines.reduce((sum, line) => sum + line.quantity, 0)}</output>
      </p>
    </main>
  )
}
