import { letterHtml } from './letter.generated.ts'
import type { Language } from './words.ts'

/** A mail in words, all of them plain text. */
export type Letter = {
  subject: string
  /** What a list of mails shows beside the subject. */
  preheader: string
  heading: string
  paragraphs: string[]
  columns: string[]
  rows: string[][]
  after: string[]
  actions: { label: string; url: string }[]
  /** Why somebody gets this mail. */
  reason: string
}

/** How the mails of a tenant look. */
export type Look = {
  shop: string
  logo_url: string | null
  colour: string | null
  language: Language
}

export type Written = { subject: string; text: string; html: string }

type Scope = { [name: string]: unknown }
type Part = string | { name: string } | { block: string; name: string; inner: Part[] }

const TAG = /\{\{(?:(#if|#each) )?(\/?\w+)\}\}/g

/** Reads a template: text, places, and blocks that stand inside each other. */
const parse = (template: string): Part[] => {
  const open: Part[][] = [[]]
  let at = 0
  for (const tag of template.matchAll(TAG)) {
    const [all, block, name = ''] = tag
    open.at(-1)?.push(template.slice(at, tag.index))
    at = tag.index + all.length
    if (name.startsWith('/')) open.pop()
    else if (block) {
      const inner: Part[] = []
      open.at(-1)?.push({ block, name, inner })
      open.push(inner)
    } else open.at(-1)?.push({ name })
  }
  open[0]?.push(template.slice(at))
  return open[0] as Part[]
}

const SIGNS: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as HTML: nothing that somebody has written is ever read as a tag. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, sign => SIGNS[sign] as string)

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length)

const fill = (parts: Part[], scope: Scope): string =>
  parts
    .map(part => {
      if (typeof part === 'string') return part
      const value = scope[part.name]
      if (!('block' in part)) return isEmpty(value) ? '' : escaped(String(value))
      if (part.block === '#if') return isEmpty(value) ? '' : fill(part.inner, scope)
      const items = (value ?? []) as unknown[]
      return items.map(item => fill(part.inner, { ...scope, ...scopeOf(item) })).join('')
    })
    .join('')

const scopeOf = (item: unknown): Scope =>
  typeof item === 'object' && item !== null ? (item as Scope) : { this: item }

const parts = parse(letterHtml)

const COLOUR = '#1f6feb'
const LIGHT = '#ffffff'
const DARK = '#111417'
const SEEN_LIGHT_MIN = 0.36 // from there on dark letters are easier to read

/** The colour of letters that can be read on this one. */
export const readableOn = (colour: string): string => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(
    at => (Number.parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > SEEN_LIGHT_MIN ? DARK : LIGHT
}

/** The first button is filled, the others have a border only. */
const paintOf = (colour: string, isFirst: boolean) =>
  isFirst ? { background: colour, ink: readableOn(colour) } : { background: LIGHT, ink: DARK }

/** A row in plain text: what it is about, then each of its cells by name. */
const rowText = (columns: string[], [first = '', ...cells]: string[]): string =>
  [`- ${first}`, ...cells.map((cell, at) => `  ${columns[at + 1]}: ${cell}`)].join('\n')

const textOf = (letter: Letter): string =>
  [
    letter.heading,
    ...letter.paragraphs,
    ...letter.rows.map(row => rowText(letter.columns, row)),
    ...letter.after,
    ...letter.actions.map(({ label, url }) => `${label}:\n${url}`),
    `-- \n${letter.reason}`,
  ].join('\n\n')

const SUBJECT_LENGTH_MAX = 200

/** A text in one line, without what turns the direction of reading around. */
export const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
    .slice(0, SUBJECT_LENGTH_MAX)

/** Gives a letter its form: subject, plain text, HTML. */
export const write = (letter: Letter, look: Look): Written => {
  const colour = look.colour ?? COLOUR
  const subject = oneLine(letter.subject)
  const { logo_url, language, shop } = look
  const html = fill(parts, {
    ...letter,
    ...{ subject, colour, language, shop, logo_url },
    shop_line: logo_url ? '' : shop,
    actions: letter.actions.map((action, at) => ({ ...action, ...paintOf(colour, at === 0) })),
    rows: letter.rows.map(cells => ({ cells })),
  })
  return { subject, text: `${textOf(letter)}\n`, html }
}
