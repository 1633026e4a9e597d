import type { Room } from './room.ts'

const found = import.meta.glob<{ default: Room }>('../rooms/*/room.ts', { eager: true })

/** Every room, by its folder: a new one needs no line here. */
export const rooms: Room[] = Object.values(found)
  .map(({ default: room }) => room)
  .sort((a, b) => (a.order ?? 100) - (b.order ?? 100))

export const groups = ['now', 'stock', 'selling', 'proof', 'settings'] as const
