import type { Facts } from './facts.ts'
import { type Written, write } from './letter.ts'
import { compose, type Template, type Writing } from './letters.ts'
import type { Language } from './words.ts'

/** How the mails of a tenant look, and from whom they are. */
export type MailSettings = {
  /** What the shop is called in mails; null: as the tenant. */
  shop_name: string | null
  /** The one or the other. */
  name: string
  from_address: string | null
  reply_to: string | null
  logo_url: string | null
  colour: string | null
  /** Of whoever has named no language. */
  language: Language
  /** Where the links of mails lead. */
  public_url: string | null
  /** False: the shop tells its customers itself. */
  customer_mails: boolean
  changed_at: string | null
}

/** What a mail of the outbox is made of. */
export type Draft = { template: Template; language: Language; data: Facts }

/** Makes the text of a mail: from its facts, in its language, as its tenant wants it to look. */
export const writeMail = (
  { template, language, data }: Draft,
  { name, logo_url, colour }: MailSettings,
  links: Writing['links'],
): Written => {
  const letter = compose(template, data, { language, shop: name, links })
  return write(letter, { shop: name, logo_url, colour, language })
}
