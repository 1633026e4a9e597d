import { useEffect, useRef } from 'react'
import { useWords } from '../../frame/words.ts'
import { words } from './words.ts'

/** What a mail may be made of here; anything else is left out, with what is in it. */
const ELEMENTS = new Set(
  'a b body br center div em h1 h2 h3 hr i img li ol p span strong table tbody td th thead tr u ul'
    .toUpperCase()
    .split(' '),
)
const ATTRIBUTES = ['align', 'alt', 'bgcolor', 'border', 'cellpadding', 'cellspacing', 'colspan']
  .concat(['dir', 'height', 'lang', 'role', 'rowspan', 'valign', 'width'])
  .concat(['class', 'title'])

/** Its styles are set one by one: the page's content policy takes none that is written in HTML. */
const unstyled = (html: string): { body: string; sheets: string[] } => {
  const sheets: string[] = []
  const body = html
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<style[^>]*>([\s\S]*?)<\/style>/gi, (_, css: string) => {
      sheets.push(css)
      return ''
    })
    .replace(/\sstyle=/gi, ' data-style=')
    .replace(/\s(src|srcset|background)=/gi, ' data-$1=')
  return { body, sheets }
}

const copied = (from: Node): Node | undefined => {
  if (from.nodeType === Node.TEXT_NODE) return document.createTextNode(from.textContent ?? '')
  if (!(from instanceof Element) || !ELEMENTS.has(from.tagName)) return undefined
  const name = from.tagName === 'BODY' ? 'DIV' : from.tagName === 'IMG' ? 'SPAN' : from.tagName
  const to = document.createElement(name)
  for (const attribute of ATTRIBUTES) {
    const value = from.getAttribute(attribute)
    if (value !== null) to.setAttribute(attribute, value)
  }
  to.style.cssText = from.getAttribute('data-style') ?? ''
  const href = from.getAttribute('href')
  if (href !== null && /^https?:/.test(href)) {
    to.setAttribute('href', href)
    to.setAttribute('target', '_blank')
    to.setAttribute('rel', 'noopener noreferrer')
  }
  if (from.tagName === 'IMG') to.textContent = from.getAttribute('alt') ?? ''
  for (const child of from.childNodes) {
    const made = copied(child)
    if (made !== undefined) to.append(made)
  }
  return to
}

/** A mail as its reader sees it, on white, apart from the styles of this page. */
export const Paper = ({ html }: { html: string }) => {
  const t = useWords(words)
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (host.current === null) return
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    const { body, sheets } = unstyled(html)
    const parsed = new DOMParser().parseFromString(body, 'text/html')
    root.adoptedStyleSheets = sheets.map(css => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(css.replace(/@import[^;]*;/g, ''))
      return sheet
    })
    const made = copied(parsed.body)
    root.replaceChildren(...(made === undefined ? [] : [made]))
  }, [html])
  return <div ref={host} className="paper" role="document" aria-label={t('paper')} />
}
