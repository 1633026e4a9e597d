import { showBadge } from './badge.ts'
import { startCart } from './cart.ts'
import { startProduct } from './product.ts'

const { page } = document.body.dataset
showBadge()
if (page === 'product') startProduct()
if (page === 'cart') startCart()
