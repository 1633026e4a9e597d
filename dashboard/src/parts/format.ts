import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { frameWords } from '../frame/catalogue.ts'
import { i18n } from '../frame/words.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The region of the browser, where its language is the one that is spoken here. */
const localeOf = (language: string): string => {
  const wished = globalThis.navigator?.languages?.find(each => each.startsWith(language))
  return wished ?? (language === 'zh' ? 'zh-CN' : 'en-GB')
}

const two = (value: number): string => String(value).padStart(2, '0')

/** 14:32, or 2:05:09 from an hour on. */
export const clockOf = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const rest = `${two(minutes)}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

const dated = (locale: string) => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const dayOf = { weekday: 'short', day: 'numeric', month: 'short' } as const
  const timeOf = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const written = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, options)
    return (at: string | number | Date) => format.format(new Date(at))
  }
  const withYear = (options: Intl.DateTimeFormatOptions) => {
    const [near, far] = [written(options), written({ ...options, year: 'numeric' })]
    return (at: string | number | Date) =>
      new Date(at).getFullYear() === new Date().getFullYear() ? near(at) : far(at)
  }
  return {
    zone,
    day: withYear(dayOf),
    time: written(timeOf),
    exact: written({ ...timeOf, second: '2-digit' }),
    dateTime: withYear({ ...dayOf, ...timeOf }),
    /** With seconds, where two times of one minute stand beside each other. */
    dateExact: withYear({ ...dayOf, ...timeOf, second: '2-digit' }),
    /** Everything, with its zone: for titles on hover. */
    whole: written({ dateStyle: 'full', timeStyle: 'long' }),
  }
}

const agoOf = (locale: string) => {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  return (at: string | number | Date): string => {
    const ms = new Date(at).getTime() - Date.now()
    const size = Math.abs(ms)
    if (size < MINUTE) return format.format(Math.round(ms / 1_000), 'second')
    if (size < HOUR) return format.format(Math.round(ms / MINUTE), 'minute')
    if (size < DAY) return format.format(Math.round(ms / HOUR), 'hour')
    return format.format(Math.round(ms / DAY), 'day')
  }
}

/** Words beside words, with the marks of the language; Intl has no such list for Chinese. */
const markedOf = (language: string) => {
  const t = i18n.getFixedT(language, frameWords.room)
  return {
    /** A list of data, without an "and". */
    joined: (items: readonly string[]) => items.join(t('betweenItems')),
    sentences: (items: readonly string[]) => items.join(t('betweenSentences')),
    /** "label: value"; what the page itself writes after it may stay away. */
    labelled: (label: string, value = '') => t('labelled', { label, value }),
  }
}

const formatsOf = (language: string) => {
  const locale = localeOf(language)
  const whole = new Intl.NumberFormat(locale)
  const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' })
  const minus = (text: string) => text.replace('-', '−')
  return {
    locale,
    number: (value: number) => minus(whole.format(value)),
    /** With its sign, and a true minus. */
    change: (value: number) => minus(signed.format(value)),
    ago: agoOf(locale),
    list: new Intl.ListFormat(locale, { type: 'conjunction' }),
    ...markedOf(language),
    ...dated(locale),
  }
}

const formats = new Map<string, ReturnType<typeof formatsOf>>()

/** Numbers, days and times as the person writes them. */
export const formatFor = (language: string) => {
  const found = formats.get(language)
  if (found) return found
  const made = formatsOf(language)
  formats.set(language, made)
  return made
}

export const useFormat = () => {
  const { i18n: spoken } = useTranslation(undefined, { i18n })
  return useMemo(() => formatFor(spoken.language), [spoken.language])
}
