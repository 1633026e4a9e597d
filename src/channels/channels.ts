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
  /** The locations it sells from; null: all. */
  locations: string[] | null
  created_at: string
  archived_at: string | null
}

type ChannelFields = {
  name?: string | undefined
  kind?: ChannelKind | undefined
  /** Codes of the locations it sells from; null: all. */
  locations?: string[] | null | undefined
}
export type CreateChannel = ChannelFields & { code: string }
export type UpdateChannel = ChannelFields & { code: string; to?: string | undefined }
export type ListChannels = PageRequest<'code' | 'created_at'> & {
  /** True: those that are archived; else those that are not. */
  archived?: boolean | undefined
  kind?: ChannelKind | undefined
  /** Letters of the code or name, in any case. */
  q?: string | undefined
}

/** Units of a level that are kept for one channel. */
export type Buffer = {
  sku: string
  location: string
  channel: string
  /** How many are to be kept, in the SKU's unit; 0: there is no buffer. */
  size: number
  /** How many are kept now: fewer, where fewer are free. */
  units: number
  /** What the channel may sell there now: its share of what is free for all, and its buffer. */
  sellable: number
  /** Of the level. */
  version: number
}

export type SetBuffers = {
  /** `quantity`: how many are to be kept; 0 ends the buffer. At most 2,000 lines. */
  lines: { sku: string; location: string; channel: string; quantity: number }[]
  reason?: string | undefined
  document?: string | undefined
}
export type ListBuffers = PageRequest<'sku'> & {
  sku?: string | undefined
  location?: string | undefined
  channel?: string | undefined
  /** True: only those that keep less than they are to. */
  short?: boolean | undefined
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
  /**
   * Says how many units of a level are kept for a channel. No other channel sells them. Where fewer
   * are free, fewer are kept, and what comes free fills the buffer, after those who wait. All
   * lines or none.
   *
   * @returns the buffers; or unknown_sku, unknown_location, unknown_channel, level_not_found,
   * kit_is_virtual, invalid_quantity, not_your_location, too_large, invalid_request
   * @example
   * const lines = [{ sku: 'TEE-M', location: 'berlin', channel: 'amazon', quantity: 20 }]
   * await holdfast.channels.setBuffers({ lines, reason: 'autumn campaign' })
   */
  setBuffers: (request: SetBuffers, options?: CallOptions): Promise<Answer<{ lines: Buffer[] }>> =>
    writeFitting(context, 'set_buffers', request, options),
  buffers: (request: ListBuffers = {}): Promise<PageAnswer<Buffer>> =>
    readFitting(context, 'list_buffers', request),
})

export type Channels = ReturnType<typeof channelsOf>
