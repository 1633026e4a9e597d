/** Text that is HTML already, and is not escaped again. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Content = Markup | string | number | undefined | Content[]

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, letter => ESCAPES[letter] ?? '')

const rendered = (content: Content): string => {
  if (content === undefined) return ''
  if (Array.isArray(content)) return content.map(rendered).join('')
  return content instanceof Markup ? content.text : escaped(String(content))
}

/** HTML with every value escaped: html`<b>${title}</b>`. */
export const html = (strings: TemplateStringsArray, ...values: Content[]): Markup =>
  new Markup(strings.map((string, at) => string + rendered(values[at])).join(''))
