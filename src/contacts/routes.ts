import { type Route, route } from '../server/route.ts'
import {
  ContactPage,
  EraseContacts,
  ErasedContacts,
  ListContacts,
  SetContact,
  SetContactAnswer,
} from './shapes.ts'

const tag = 'Contacts'

/** Contacts over HTTP: who is told about an order. */
export const contactRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/contacts',
    scope: 'admin',
    tag,
    operation: 'list_contacts',
    summary: 'List who is told about orders',
    query: ListContacts,
    answer: ContactPage,
    refusals: ['too_large'],
    call: (holdfast, { query }) => holdfast.contacts.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/contacts',
    scope: 'sell',
    tag,
    operation: 'set_contact',
    summary: 'Say who is told about an order, or a reservation',
    description:
      'Name an order or a reservation; a new contact takes the place of the one before. The ' +
      'address is used for mails about this order alone, and stands nowhere else.',
    body: SetContact,
    answer: SetContactAnswer,
    status: 201,
    refusals: ['reservation_not_found', 'too_large'],
    call: (holdfast, { body, options }) => holdfast.contacts.set(body, options),
  }),
  route({
    method: 'POST',
    url: '/v1/contacts/erase',
    scope: 'admin',
    tag,
    operation: 'erase_contacts',
    summary: 'Erase a person, or who is told of one order',
    description: 'Also from the outbox; what waits to be sent to them is sent no more.',
    body: EraseContacts,
    answer: ErasedContacts,
    refusals: ['too_large'],
    call: (holdfast, { body, options }) => holdfast.contacts.erase(body, options),
  }),
]
