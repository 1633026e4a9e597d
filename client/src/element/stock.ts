import { currentCart, heldMs, holdfastCart } from './cart.ts'
import { type Found, foundFor, refresh, silentMs, type Watcher, watch } from './feed.ts'
import { textOf } from './messages.ts'
import { serverNow } from './serverTime.ts'
import { whenUnavailable } from './settings.ts'
import { type Standing, type StockState, standingOf } from './standing.ts'
import { style } from './style.ts'

/** What the event `holdfast-change` carries in its detail. */
export type StockChange = {
  sku: string
  state: StockState
  sellable: number | null | undefined
  title: string
}

const LOW = 5
/** What was heard before the server went silent is shown so long. */
const SILENT_MS_MAX = 60_000

const ROUND = 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z'
const AHEAD = ['a', 'M2.5 3.5h11v10h-11zm0 3h11M5.5 2v3m5-3v3'] as const // a calendar

/** A shape and a colour for each state: never a colour alone. */
const icons: Partial<Record<StockState, [tone: string, path: string]>> = {
  in_stock: ['g', `${ROUND}M5.3 8.3l2 2 3.5-4.2`],
  low: ['w', 'M2.5 4h11L8 13z'],
  held: ['a', `${ROUND}M8 5v3.2l2 1.8`],
  sold_out: ['q', `${ROUND}M4 12l8-8`],
  not_sold: ['q', `${ROUND}M4 12l8-8`],
  unknown: ['q d', ROUND],
  stopped: ['q d', ROUND],
}

let sheet: CSSStyleSheet | undefined

/** One sheet for all elements; unlike a style element a strict policy of the page allows it. */
const sharedSheet = (): CSSStyleSheet => {
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
  }
  return sheet
}

const made = (tag: string, part: string, ...children: Element[]): HTMLElement => {
  const element = document.createElement(tag)
  element.setAttribute('part', part)
  element.append(...children)
  return element
}

const drawn = (tag: string): SVGElement =>
  document.createElementNS('http://www.w3.org/2000/svg', tag) as SVGElement

/** Node has no elements: a page that is rendered on a server imports this all the same. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement

/**
 * Says whether a SKU can be had, and when; live. Its content is shown until the first answer.
 *
 * @example
 * <holdfast-stock sku="TEE-M" low="3">In stock</holdfast-stock>
 */
export class HoldfastStock extends Base {
  static observedAttributes = ['sku', 'channel', 'locale', 'low', 'when-unavailable', 'waitlist']

  #root: ShadowRoot | undefined
  #fallback = made('slot', 'fallback')
  #path = drawn('path')
  #svg = drawn('svg')
  #title = made('div', 'title')
  #detail = made('div', 'detail')
  #link = made('a', 'waitlist') as HTMLAnchorElement
  #spoken = made('div', 'spoken')
  #box = made(
    ...(['div', 'stock', this.#svg] as const),
    made('div', 'text', this.#title, this.#detail, this.#link),
    this.#spoken,
  )
  #watcher: Watcher | undefined
  #leave: (() => void)[] = []
  #shown = ''
  #standing: Standing | undefined

  /** The state that is shown; undefined before the first answer. */
  get state(): StockState | undefined {
    return this.#standing?.state
  }

  connectedCallback(): void {
    this.#root ??= this.#build()
    this.#enter()
  }

  disconnectedCallback(): void {
    for (const leave of this.#leave.splice(0)) leave()
  }

  attributeChangedCallback(): void {
    if (!this.isConnected || !this.#root) return
    this.disconnectedCallback()
    this.#enter()
  }

  #build(): ShadowRoot {
    const root = this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [sharedSheet()]
    this.#svg.setAttribute('viewBox', '0 0 16 16')
    this.#svg.append(this.#path)
    for (const each of [this.#svg, this.#title, this.#detail]) {
      each.setAttribute('aria-hidden', 'true')
    }
    this.#box.hidden = true
    root.append(this.#fallback, this.#box)
    return root
  }

  #enter(): void {
    const sku = this.getAttribute('sku') ?? ''
    const channel = this.getAttribute('channel') ?? ''
    this.#watcher = { sku, channel, hear: () => this.#render() }
    this.#leave = [watch(this.#watcher), holdfastCart.subscribe(() => this.#render())]
    this.#render()
  }

  /** The element's own locale, else the language of the nearest element that names one. */
  get #locale(): string {
    const own = this.getAttribute('locale')
    return own || this.closest('[lang]')?.getAttribute('lang') || navigator.language
  }

  #standingNow(found: Found | undefined): Standing {
    return standingOf({
      locale: this.#locale,
      low: Number(this.getAttribute('low') ?? LOW),
      whenUnavailable: this.getAttribute('when-unavailable') ?? whenUnavailable(),
      found,
      held_ms: currentCart().unheld ? undefined : heldMs(this.#watcher?.sku ?? ''),
      now: serverNow() ?? 0,
    })
  }

  #render(): void {
    if (!this.#watcher || !this.isConnected) return
    const heard = foundFor(this.#watcher)
    const gone = silentMs() > (heard || this.textContent?.trim() ? SILENT_MS_MAX : 0)
    // Before the first answer what the shop's server has rendered is the best that is known.
    if (!heard && !gone && heldMs(this.#watcher.sku) === undefined) return
    const standing = this.#standingNow(gone ? undefined : heard)
    const { state, title, detail, spoken = `${title}. ${detail}` } = standing
    const shown = [state, title, detail, this.#offer(state)].join('\n')
    if (shown === this.#shown) return
    this.#shown = shown
    this.#paint(standing)
    this.#speak(spoken)
    if (this.#standing?.state !== state || this.#standing.title !== title) {
      if (this.#standing?.state === 'held') refresh() // its units are free, or sold
      const change: StockChange = {
        sku: this.#watcher.sku,
        state,
        title,
        sellable: heard?.sellable,
      }
      this.#standing = standing
      this.dispatchEvent(new CustomEvent('holdfast-change', { detail: change, bubbles: true }))
    }
  }

  #paint({ state, title, detail }: Standing): void {
    const [tone, path] = icons[state] ?? AHEAD
    this.#box.setAttribute('part', `stock ${state}`)
    this.#svg.setAttribute('class', tone)
    this.#path.setAttribute('d', path)
    this.#title.textContent = title
    this.#detail.textContent = detail
    this.#detail.className = state === 'held' ? 'keep' : ''
    this.#link.textContent = textOf(this.#locale, 'waitlist')
    this.#box.lang = this.#locale
    this.#box.hidden = false
    this.#fallback.hidden = true
  }

  /** Only what changes after the first time is news to somebody who listens. */
  #speak(text: string): void {
    if (this.#spoken.textContent === text) return
    if (this.#spoken.textContent) this.#spoken.setAttribute('role', 'status') // polite
    this.#spoken.textContent = text.replace(/[. ]+$/, '')
  }

  /** A link to the shop's own page for a waitlist: one of the web, nothing else. */
  #offer(state: StockState): boolean {
    const given = this.getAttribute('waitlist')
    this.#link.href = given ?? ''
    const fits = Boolean(given) && state === 'sold_out' && /^https?:$/.test(this.#link.protocol)
    if (!fits) this.#link.removeAttribute('href')
    this.#link.hidden = !fits
    return fits
  }
}

if (globalThis.customElements && !customElements.get('holdfast-stock')) {
  customElements.define('holdfast-stock', HoldfastStock)
}

declare global {
  interface HTMLElementTagNameMap {
    'holdfast-stock': HoldfastStock
  }
  interface HTMLElementEventMap {
    'holdfast-change': CustomEvent<StockChange>
  }
}
