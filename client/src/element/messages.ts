/** Every text that a shopper reads; `{name}` is a slot. */
const en = {
  in_stock: 'In stock',
  low: 'Only {count} left',
  held: 'Held for you',
  held_left: '{time} left',
  minutes: '{minutes} min',
  sold_out: 'Sold out',
  free_at: 'One may come free at {time}.',
  ships_in: 'Ships in {days} working days',
  ships_later: 'Ships when it arrives',
  ships_on: 'Ships {date}',
  pre_order: 'Pre-order',
  made_to_order: 'Made to order',
  waitlist: 'Join the waitlist',
  unknown: 'Checked at checkout',
  unknown_why: 'You can still try.',
  stopped: 'Not available right now',
  stopped_why: 'Try again in a moment.',
  not_sold: 'Not available',
}

export type Messages = Record<keyof typeof en, string>

const zh: Messages = {
  in_stock: '现货',
  low: '仅剩 {count} 件',
  held: '已为你保留',
  held_left: '剩余 {time}',
  minutes: '{minutes} 分钟',
  sold_out: '已售罄',
  free_at: '最早可能在 {time} 释放。',
  ships_in: '{days} 个工作日内发货',
  ships_later: '到货后发货',
  ships_on: '{date} 发货',
  pre_order: '预售',
  made_to_order: '按单制作',
  waitlist: '加入候补',
  unknown: '结账时确认库存',
  unknown_why: '仍可尝试购买。',
  stopped: '暂时无法购买',
  stopped_why: '请稍后再试。',
  not_sold: '无法购买',
}

/** The catalogues that come along; a shop may add its own. */
export const catalogues: Record<string, Partial<Messages>> = { en, zh }

export type Slots = Record<string, string | number>

/** The text in the language of a locale, in English where that has none. */
export const textOf = (locale: string, name: keyof Messages, slots: Slots = {}): string => {
  const language = locale.toLowerCase().split(/[-_]/, 1)[0] ?? ''
  const text = catalogues[language]?.[name] ?? en[name]
  return text.replace(/\{(\w+)\}/g, (slot, key: string) => String(slots[key] ?? slot))
}
