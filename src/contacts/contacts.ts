import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'

/** Who is told about an order, or about a reservation that has no order yet. */
export type Contact = {
  contact_id: number
  reservation_id: string | null
  order_reference: string | null
  email: string
  /** As the shop says, such as zh-CN; null: the tenant's. */
  language: string | null
  created_at: string
}

/** The one or the other. */
type Of = { order_reference?: string | undefined; reservation_id?: string | undefined }
/** As reserve and commit bring it along. */
export type OwnContact = { email: string; language?: string | undefined }
export type SetContact = Of & { email: string; language?: string | undefined }
export type EraseContacts = Of & { email?: string | undefined }
export type ListContacts = PageRequest<'created_at'> & Of & { email?: string | undefined }

/**
 * The room of contacts, for one tenant: the only place, beside the outbox, where an address of mail
 * stands. Ledger and reservations have none.
 *
 * @example
 * await holdfast.contacts.set({ order_reference: 'ORDER-1', email: 'kim@example.com' })
 * await holdfast.contacts.erase({ email: 'kim@example.com' })
 */
export const contactsOf = (context: Context) => ({
  /** Takes the place of the contact before. The answer has no address: it is kept for its key. */
  set: (
    request: SetContact,
    options?: CallOptions,
  ): Promise<Answer<Omit<Contact, 'email' | 'created_at'>>> =>
    writeFitting(context, 'set_contact', request, options),
  list: (request: ListContacts = {}): Promise<PageAnswer<Contact>> =>
    readFitting(context, 'list_contacts', request),
  /** Erases a person, or who is told of one order, here and in the outbox. */
  erase: (
    request: EraseContacts,
    options?: CallOptions,
  ): Promise<Answer<{ contacts: number; mails: number }>> =>
    writeFitting(context, 'erase_contacts', request, options),
})

export type Contacts = ReturnType<typeof contactsOf>
