import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PublishableKey } from './publishableKeys.ts'

/** A publishable key with what signs for it: this never leaves the server. */
export type SigningKey = PublishableKey & { signing_key: string }

/** Who calls with a publishable key: the pages of a shop, in somebody's browser. */
export type Browser = {
  key: SigningKey
  /** Of the browser, as this server has signed it; left out for one that is new. */
  browser_id?: string
  address: string
  /** Tells a new browser by which text it is known from now on. */
  introduce: (text: string) => void
}

const TEXT = /^hf_browser_([0-9a-f]{1,8})_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/

const signatureOf = ({ key_id, signing_key }: SigningKey, hex: string): Buffer =>
  createHmac('sha256', Buffer.from(signing_key, 'hex')).update(`${key_id} ${hex}`).digest()

const asUuid = (hex: string): string =>
  hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** The text that a browser is known by: its number, signed. */
export const browserText = (key: SigningKey, browserId: string): string => {
  const hex = browserId.replaceAll('-', '')
  const signature = signatureOf(key, hex).toString('base64url')
  return `hf_browser_${key.key_id.toString(16)}_${hex}_${signature}`
}

/** The number that a text names; undefined for one that this key has not signed. */
export const browserIn = (key: SigningKey, text: string): string | undefined => {
  const [, keyId, hex = '', signature = ''] = TEXT.exec(text) ?? []
  if (keyId !== key.key_id.toString(16)) return undefined
  const given = Buffer.from(signature, 'base64url')
  const right = signatureOf(key, hex)
  return given.length === right.length && timingSafeEqual(given, right) ? asUuid(hex) : undefined
}
