export const templates = [
  'promise_moved',
  'backorder_allocated',
  'shortage',
  'low',
  'out',
  'webhook_paused',
  'test',
] as const

export const states = ['waiting', 'sent', 'failed', 'erased'] as const

export type Template = (typeof templates)[number]
export type State = (typeof states)[number]
