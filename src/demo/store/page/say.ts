import type { CartAnswer } from '@holdfast/client/element'
import { filled, isLanguage, type Language, texts } from '../demoTexts.ts'

const named = document.documentElement.dataset['language'] ?? ''

/** The language of the page, as the server has set it. */
export const language: Language = isLanguage(named) ? named : 'en'
export const say = texts[language]

export const home = `/demo/store/${language}`

const locale = language === 'zh' ? 'zh-Hans' : 'en-IE'

export const euros = (price: number): string =>
  new Intl.NumberFormat(locale, {
    ...{ style: 'currency', currency: 'EUR', maximumFractionDigits: 0 },
  }).format(price)

/** 14:32, of milliseconds. */
export const timeText = (ms: number): string => {
  const seconds = Math.ceil(ms / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** What a change of the cart came to, for the shopper; empty when all is well. */
export const messageOf = (answer: CartAnswer): string => {
  if (answer.ok) return answer.unavailable ? say.unheld : ''
  const { code, lines, units_max } = answer.refusal as Record<string, unknown>
  if (units_max) return filled(say.too_large, { count: Number(units_max) })
  const short = (lines as { available?: number }[] | undefined)?.[0]?.available
  if (code !== 'insufficient_stock' || short === undefined)
    return filled(say.refused, { code: String(code) })
  return short === 0 ? say.short_none : filled(say.short, { count: short })
}

/** The element of the page that the server has marked, which it always has. */
export const marked = (name: string): HTMLElement =>
  document.querySelector(`[data-${name}]`) as HTMLElement
