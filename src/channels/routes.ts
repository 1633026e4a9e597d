import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import { ChannelPage, ChannelParams, CreateChannel, ListChannels, UpdateChannel } from './shapes.ts'

const tag = 'Channels'
const answer = Type.Ref('Channel#')

/** Channels over HTTP. */
export const channelRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/channels',
    scope: 'read',
    tag,
    operation: 'list_channels',
    summary: 'List channels',
    query: ListChannels,
    answer: ChannelPage,
    refusals: ['too_large'],
    call: (holdfast, { query }) => holdfast.channels.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/channels',
    scope: 'stock',
    tag,
    operation: 'create_channel',
    summary: 'Make a channel',
    body: CreateChannel,
    answer,
    status: 201,
    refusals: ['channel_exists', 'too_large'],
    call: (holdfast, { body, options }) => holdfast.channels.create(body, options),
  }),
  route({
    method: 'GET',
    url: '/v1/channels/:code',
    scope: 'read',
    tag,
    operation: 'get_channel',
    summary: 'Read one channel',
    params: ChannelParams,
    answer,
    missing: 'unknown_channel',
    refusals: ['too_large'],
    etag: true,
    call: (holdfast, { params }) => holdfast.channels.get(params),
  }),
  route({
    method: 'PATCH',
    url: '/v1/channels/:code',
    scope: 'stock',
    tag,
    operation: 'update_channel',
    summary: 'Change a channel',
    params: ChannelParams,
    body: UpdateChannel,
    answer,
    refusals: ['unknown_channel', 'channel_exists', 'too_large'],
    call: (holdfast, { params, body, options }) =>
      holdfast.channels.update({ ...body, ...params }, options),
  }),
  route({
    method: 'POST',
    url: '/v1/channels/:code/archive',
    scope: 'stock',
    tag,
    operation: 'archive_channel',
    summary: 'Archive a channel: nothing is sold by it any more',
    params: ChannelParams,
    answer,
    refusals: ['unknown_channel', 'too_large'],
    call: (holdfast, { params, options }) => holdfast.channels.archive(params, options),
  }),
  route({
    method: 'POST',
    url: '/v1/channels/:code/unarchive',
    scope: 'stock',
    tag,
    operation: 'unarchive_channel',
    summary: 'Put a channel back from the archive',
    params: ChannelParams,
    answer,
    refusals: ['unknown_channel', 'too_large'],
    call: (holdfast, { params, options }) => holdfast.channels.unarchive(params, options),
  }),
]
