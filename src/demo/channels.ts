import type { Holdfast } from '../holdfast.ts'

const CHANNELS = [
  { code: 'web', name: 'Web shop', kind: 'web' },
  { code: 'till', name: 'Till at the pier', kind: 'pos', locations: ['pier-7'] },
  { code: 'market', name: 'Marketplace', kind: 'marketplace' },
] as const

const KEPT = 6

/** Where the demo sells: a shop, a till at the pier, a marketplace with a buffer and a share. */
export const seedChannels = async (holdfast: Holdfast, skus: string[]): Promise<void> => {
  for (const { code, name, kind, ...from } of CHANNELS) {
    const locations = 'locations' in from ? [...from.locations] : undefined
    await holdfast.channels.create({ code, name, kind, locations })
  }
  const lines = skus
    .slice(8, 11)
    .map(sku => ({ sku, location: 'hamburg', channel: 'market', quantity: KEPT }))
  await holdfast.channels.setBuffers(
    { lines, reason: 'kept for the marketplace' },
    { key: 'demo:channels:buffers' },
  )
  await holdfast.policies.set(
    { rules: [{ channel: 'market', fields: { share_percent: 60 } }] },
    { key: 'demo:channels:share' },
  )
}
