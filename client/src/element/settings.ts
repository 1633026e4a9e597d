import { catalogues, type Messages } from './messages.ts'

/** What the shop does while nobody can be asked. */
export type WhenUnavailable = 'sell' | 'stop'

export type Settings = {
  /** Where the server is; where element.js came from, or this page's origin, when left out. */
  url?: string
  /** The publishable key: hf_pub_… */
  key?: string
  /** What elements without `when-unavailable` do, and the cart; sell when left out. */
  whenUnavailable?: WhenUnavailable
  /** More languages, or other words: `{ de: { in_stock: 'Auf Lager' } }`. */
  messages?: Record<string, Partial<Messages>>
}

const given: Settings = {}

/**
 * Says once where the server is, with which publishable key. Two `<meta>` tags, `holdfast-url` and
 * `holdfast-key`, do the same without code.
 *
 * @example
 * configureHoldfast({ url: 'https://stock.example.com', key: 'hf_pub_…' })
 */
export const configureHoldfast = (settings: Settings): void => {
  Object.assign(given, settings)
  for (const [language, texts] of Object.entries(settings.messages ?? {})) {
    catalogues[language] = { ...catalogues[language], ...texts }
  }
}

const metaOf = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="holdfast-${name}"]`)?.content

/** Where the script came from, as the server serves it; a bundle of the shop's has another name. */
const served = (): string | undefined => /^(.*)\/element\.js$/.exec(import.meta.url)?.[1]

export const serverUrl = (): string =>
  (given.url ?? metaOf('url') ?? served() ?? location.origin).replace(/\/+$/, '')

export const publishableKey = (): string => given.key ?? metaOf('key') ?? ''

export const whenUnavailable = (): WhenUnavailable => given.whenUnavailable ?? 'sell'
