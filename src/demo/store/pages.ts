import { firstOf, type GoodsLine, isThere, type Product, type Stock } from './catalogue.ts'
import { filled, type Language, type Texts, texts } from './demoTexts.ts'
import { type Content, html, Markup } from './markup.ts'

export type Frame = {
  language: Language
  /** The publishable key. */
  key: string
  /** The path of this page in the other language. */
  elsewhere: string
}

export const euros = (language: Language, price: number): string =>
  new Intl.NumberFormat(language === 'zh' ? 'zh-Hans' : 'en-IE', {
    ...{ style: 'currency', currency: 'EUR', maximumFractionDigits: 0 },
  }).format(price)

const BASE = '/demo/store'
const picture = (handle: string): string => `${BASE}/pictures/${handle}.svg`

/** Every page: no inline script, no inline style, nothing from elsewhere. */
const frame = (
  { language, key, elsewhere }: Frame,
  title: string,
  page: string,
  main: Content,
): string => {
  const say = texts[language]
  const home = `${BASE}/${language}`
  return html`<!doctype html>
<html lang="${language === 'zh' ? 'zh-Hans' : 'en'}" data-language="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Northpier</title>
<meta name="holdfast-key" content="${key}">
<link rel="icon" href="${picture('n')}">
<link rel="stylesheet" href="${BASE}/store.css">
<script type="module" src="/element.js"></script>
<script type="module" src="${BASE}/store.js"></script>
</head>
<body data-page="${page}">
<a class="skip" href="#content">${say.skip}</a>
<header class="bar">
<a class="brand" href="${home}"><img src="${picture('n')}" alt="" width="28" height="28">
Northpier</a>
<nav>
<a href="${home}/cart" class="to-cart">${say.cart}<span class="count" data-count hidden></span>
<span class="left" data-left hidden></span></a>
<a href="${elsewhere}" hreflang="${language === 'zh' ? 'en' : 'zh-Hans'}"
 lang="${language === 'zh' ? 'en' : 'zh-Hans'}">${say.language}</a>
</nav>
</header>
<main id="content">${main}</main>
<footer>${say.demo}<noscript> ${say.script}</noscript></footer>
</body>
</html>
`.text
}

const fallback = (say: Texts, stock: Stock, sku: string): string =>
  isThere(stock, sku) ? say.in_stock : say.sold_out

export const listPage = (on: Frame, products: Product[], stock: Stock): string => {
  const say = texts[on.language]
  const card = (product: Product): Markup => {
    const { sku } = firstOf(stock, product)
    const from = product.variants.length > 1 && on.language === 'en' ? `${say.from} ` : ''
    const after = product.variants.length > 1 && on.language === 'zh' ? say.from : ''
    return html`<li><a class="card" href="${BASE}/${on.language}/products/${product.handle}">
<img src="${picture(product.handle)}" alt="" width="300" height="300" loading="lazy">
<span class="name">${product.name}</span>
<span class="price">${from}${euros(on.language, product.price)}${after}</span>
<holdfast-stock compact low="5" sku="${sku}">${fallback(say, stock, sku)}</holdfast-stock>
</a></li>`
  }
  const main = html`<div class="intro"><h1>${say.tagline}</h1></div>
<h2 class="hidden">${say.products}</h2>
<ul class="cards">${products.map(card)}</ul>`
  return frame(on, say.products, 'list', main)
}

const choices = (product: Product, chosen: string[]): Markup[] =>
  product.options.map(
    ({ name, values }, at) => html`<fieldset><legend>${name}</legend>
${values.map(
  ({ value, word }) => html`<label><input type="radio" name="option-${at}" value="${value}"
${value === chosen[at] ? new Markup('checked') : ''}><span>${word}</span></label>`,
)}</fieldset>`,
  )

export const productPage = (on: Frame, product: Product, stock: Stock): string => {
  const say = texts[on.language]
  const { sku, values } = firstOf(stock, product)
  const main = html`<article class="product">
<img src="${picture(product.handle)}" alt="" width="480" height="480">
<div class="about">
<h1>${product.name}</h1>
<p class="price">${euros(on.language, product.price)}</p>
<p>${product.text}</p>
<form data-product>
${product.variants.map(
  variant =>
    html`<data hidden value="${variant.sku}" data-values="${variant.values.join('\n')}"></data>`,
)}
${choices(product, values)}
<div class="stock"><holdfast-stock sku="${sku}">${fallback(say, stock, sku)}</holdfast-stock></div>
<button type="submit" class="primary">${say.add}</button>
<p class="message" role="status" data-message></p>
</form>
</div>
</article>`
  return frame(on, product.name, 'product', main)
}

/** The cart is the browser's own: its script fills the page. */
export const cartPage = (on: Frame): string => {
  const say = texts[on.language]
  const main = html`<div class="cart"><h1>${say.cart}</h1>
<p class="hold" role="timer" data-hold hidden></p>
<p class="message" role="status" data-message></p>
<ul class="lines" data-lines></ul>
<div class="sum" data-sum hidden></div>
<div class="empty" data-empty hidden><p><strong>${say.empty}</strong></p><p>${say.empty_why}</p>
<p><a class="button" href="${BASE}/${on.language}">${say.look}</a></p></div></div>`
  return frame(on, say.cart, 'cart', main)
}

export type OrderLine = { sku: string; quantity: number; goods: GoodsLine | undefined }

export const orderPage = (on: Frame, reference: string, lines: OrderLine[]): string => {
  const say = texts[on.language]
  const line = ({ sku, quantity, goods }: OrderLine): Markup => html`<li class="line">
<img src="${picture(goods?.handle ?? 'n')}" alt="" width="64" height="64">
<div><strong>${goods?.name ?? sku}</strong><br>${goods?.label ?? ''}</div>
<div class="times">${quantity} × ${euros(on.language, goods?.price ?? 0)}</div></li>`
  const title = filled(say.thanks, { reference })
  const main = html`<div class="cart"><h1>${title}</h1><p>${say.thanks_why}</p>
<h2>${say.goods}</h2><ul class="lines">${lines.map(line)}</ul>
<p><a class="button" href="${BASE}/${on.language}">${say.look}</a></p></div>`
  return frame(on, title, 'order', main)
}
