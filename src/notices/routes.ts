import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import {
  ListRecipients,
  RecipientId,
  RecipientPage,
  RemovedRecipient,
  SetRecipient,
} from './shapes.ts'

const tag = 'Notices'

/** Notices to the merchant over HTTP: who is told of what. */
export const noticeRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/notices',
    scope: 'admin',
    tag,
    operation: 'list_recipients',
    summary: "List who at the merchant's is told of what",
    query: ListRecipients,
    answer: RecipientPage,
    refusals: ['too_large'],
    call: (holdfast, { query }) => holdfast.notices.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/notices',
    scope: 'admin',
    tag,
    operation: 'set_recipient',
    summary: "Tell somebody at the merchant's of these, and of nothing else",
    description: 'Stock that is low or out is told of once each time it becomes so.',
    body: SetRecipient,
    answer: Type.Ref('NoticeRecipient#'),
    status: 201,
    refusals: ['too_large'],
    call: (holdfast, { body, options }) => holdfast.notices.set(body, options),
  }),
  route({
    method: 'DELETE',
    url: '/v1/notices/:recipient_id',
    scope: 'admin',
    tag,
    operation: 'remove_recipient',
    summary: "Tell somebody at the merchant's of nothing any more",
    params: RecipientId,
    answer: RemovedRecipient,
    refusals: ['recipient_not_found'],
    call: (holdfast, { params, options }) => holdfast.notices.remove(params, options),
  }),
]
