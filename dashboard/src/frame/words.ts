import { createInstance } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'

export type Language = 'en' | 'zh'
export const languages = ['en', 'zh'] as const

/** i18next adds _one and _other to a key that counts; the caller names it without. */
type Base<Key> = Key extends `${infer B}_one` ? B : Key extends `${infer B}_other` ? B : Key
/** Chinese has one form for every count. */
type Chinese<Key> = Key extends `${string}_one` ? never : Key

export type Words<Key extends string = string> = {
  room: string
  en: Record<string, string>
  zh: Record<string, string>
  /** Only a type: the keys that can be asked for. */
  keys?: Key
}

export type Say<Key extends string> = (key: Key, values?: Record<string, unknown>) => string

const LANGUAGE = 'holdfast.language'

const kept = (name: string): string | null => {
  try {
    return localStorage.getItem(name)
  } catch {
    return null // a browser that keeps nothing, or no browser at all
  }
}

const firstLanguage = (): Language => {
  const wished = kept(LANGUAGE) ?? globalThis.navigator?.language ?? 'en'
  return wished.startsWith('zh') ? 'zh' : 'en'
}

export const i18n = createInstance()
i18n.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: 'en',
  supportedLngs: [...languages],
  resources: {},
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false }, // React escapes
  initAsync: false,
})

/**
 * The words of a room, in both languages; the types refuse a key that one of them lacks.
 *
 * @example
 * export const words = defineWords('orders', { title: 'Orders' }, { title: '订单' })
 */
export const defineWords = <const English extends Record<string, string>>(
  room: string,
  en: English,
  zh: Record<Chinese<keyof English & string>, string>,
): Words<Base<keyof English & string>> => {
  i18n.addResourceBundle('en', room, en)
  i18n.addResourceBundle('zh', room, zh)
  return { room, en, zh }
}

/** The texts of a room in the language of the person; {{count, number}} is written by locale. */
export const useWords = <Key extends string>(words: Words<Key>): Say<Key> => {
  const { t } = useTranslation(words.room, { i18n })
  return t as unknown as Say<Key>
}

export const languageNow = (): Language => (i18n.language === 'zh' ? 'zh' : 'en')

export const speak = (language: Language): void => {
  try {
    localStorage.setItem(LANGUAGE, language)
  } catch {
    // asked again at the next visit
  }
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en'
  i18n.changeLanguage(language)
}
