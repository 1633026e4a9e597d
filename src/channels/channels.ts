import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'

export type ChannelKind = 'web' | 'pos' | 'marketplace' | 'wholesale'

/** Where it is sold. */
export type Channel = {
  code: string
  name: string
  kind: ChannelKind
  created_at: string
  archived_at: string | null
}

type ChannelFields = { name?: string | undefined; kind?: ChannelKind | undefined }
export type CreateChannel = ChannelFields & { code: string }
export type UpdateChannel = ChannelFields & { code: string; to?: string | undefined }
export type ListChannels = PageRequest<'code' | 'created_at'> & {
  /** True: those that are archived; else those that are not. */
  archived?: boolean | undefined
  kind?: ChannelKind | undefined
  /** Letters of the code or name, in any case. */
  q?: string | undefined
}

/**
 * The room of channels, for one tenant.
 *
 * @example
 * await holdfast.channels.create({ code: 'amazon', kind: 'marketplace' })
 * await holdfast.reserve({ channel: 'amazon', lines: [{ sku: 'TEE-M', quantity: 1 }] })
 */
export const channelsOf = (context: Context) => ({
  create: (request: CreateChannel, options?: CallOptions): Promise<Answer<Channel>> =>
    writeFitting(context, 'create_channel', request, options),
  get: (request: { code: string }): Promise<Answer<Channel>> =>
    readFitting(context, 'get_channel', request),
  list: (request: ListChannels = {}): Promise<PageAnswer<Channel>> =>
    readFitting(context, 'list_channels', request),
  update: (request: UpdateChannel, options?: CallOptions): Promise<Answer<Channel>> =>
    writeFitting(context, 'update_channel', request, options),
  archive: (request: { code: string }, options?: CallOptions): Promise<Answer<Channel>> =>
    writeFitting(context, 'archive_channel', request, options),
  unarchive: (request: { code: string }, options?: CallOptions): Promise<Answer<Channel>> =>
    writeFitting(context, 'unarchive_channel', request, options),
})

export type Channels = ReturnType<typeof channelsOf>
