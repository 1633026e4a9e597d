import type { Scope } from './keys.ts'

/** What each role may do, in the scopes of the API; purchasing works on stock so far. */
export const roles = {
  viewer: ['read'],
  seller: ['read', 'sell'],
  stock_keeper: ['read', 'stock'],
  purchaser: ['read', 'stock'],
  admin: ['read', 'sell', 'stock', 'admin'],
} as const satisfies Record<string, readonly Scope[]>

export type Role = keyof typeof roles

export const roleNames = Object.keys(roles) as Role[]
