// The words of all mails, one catalogue a language. {name} is put in as plain text.

const en = {
  days: { locale: 'en-GB', no_date: 'no date yet', between: '' },
  common: {
    item: 'Item',
    quantity: 'Quantity',
    sku: 'SKU',
    location: 'Location',
    more: 'And {count} more.',
    your_order: 'your order',
    reason_order:
      'You get this mail because of order {order} at {shop}. It is about that order only.',
    reason_shop:
      'You get this mail because you are named for such notices at {shop}. Whoever keeps the ' +
      'settings can change that.',
  },
  promise_moved: {
    subject: 'New shipping date for order {order}',
    preheader: 'It ships {to} instead.',
    heading: 'The shipping date has changed',
    told: 'We had told you another date for order {order}. This is what it is now:',
    before: 'Before',
    now: 'Now',
    choose: 'Please tell us what you would like. It takes one click and one confirmation.',
    keep: 'Keep my order',
    cancel: 'Cancel these items',
    silence_keep: 'If we hear nothing until {day}, we keep your order.',
    silence_cancel: 'If we hear nothing until {day}, we cancel these items.',
    sorry: 'We are sorry for the change.',
  },
  backorder_allocated: {
    subject: 'Your items of order {order} have arrived',
    preheader: 'They are set aside for you.',
    heading: 'Your items have arrived',
    told: 'You have waited for these items of order {order}. They are here now, set aside for you:',
    next: 'They ship as soon as they are packed. You need not do anything.',
  },
  shortage: {
    subject_one: 'Shortage: {missing} of {sku} at {location}',
    subject_many: 'Shortages at {count} levels',
    preheader: 'Units that were promised are not there.',
    heading: 'Units that were promised are missing',
    told: 'A count, damage or a sale elsewhere has left fewer units than are promised.',
    missing: 'Missing',
    orders: 'Newest orders',
    next: 'Serve the orders from elsewhere, or tell their buyers: holdfast stock show, holdfast ledger.',
  },
  low: {
    subject_one: 'Low stock: {sku} at {location}',
    subject_many: 'Low stock at {count} levels',
    preheader: 'Fewer are left than you have set.',
    heading: 'Stock is low',
    told: 'What may be sold has come down to the threshold. You hear of it once each time it does.',
    left: 'Left',
    threshold: 'Threshold',
  },
  out: {
    subject_one: 'Out of stock: {sku} at {location}',
    subject_many: 'Out of stock at {count} levels',
    preheader: 'Nothing is left to sell.',
    heading: 'Out of stock',
    told: 'Nothing is left to sell. You hear of it once each time it happens.',
  },
  webhook_paused: {
    subject_one: 'A webhook is paused: {url}',
    subject_many: '{count} webhooks are paused',
    preheader: 'Its deliveries have failed for too long.',
    heading: 'A webhook is paused',
    told:
      'Deliveries to this address have failed for so long that no more are tried. Nothing is ' +
      'lost: once it answers again, resume it and send what is missing.',
    url: 'Address',
    since: 'Failing since',
  },
  test: {
    subject: 'A test of the mails of {shop}',
    preheader: 'Mails arrive.',
    heading: 'Mails arrive',
    told: 'Holdfast has sent this mail because somebody has asked it to. So will your mails look.',
    reason: 'You get this mail because somebody at {shop} has typed your address for a test.',
  },
}

export type Words = typeof en

const zh: Words = {
  days: { locale: 'zh-CN', no_date: '日期待定', between: '至' },
  common: {
    item: '商品',
    quantity: '数量',
    sku: 'SKU',
    location: '仓库',
    more: '另有 {count} 项。',
    your_order: '您的订单',
    reason_order: '您收到此邮件是因为您在 {shop} 的订单 {order}。邮件仅与该订单有关。',
    reason_shop: '您收到此邮件是因为您被设为 {shop} 的此类通知的收件人。管理设置的人可以更改。',
  },
  promise_moved: {
    subject: '订单 {order} 的发货日期有变',
    preheader: '新的发货日期：{to}。',
    heading: '发货日期有变',
    told: '订单 {order} 的发货日期与我们之前告知您的不同。最新日期如下：',
    before: '原日期',
    now: '新日期',
    choose: '请告诉我们您的选择，只需点击一次并确认。',
    keep: '保留订单',
    cancel: '取消这些商品',
    silence_keep: '如果在 {day} 之前没有收到您的答复，我们将保留您的订单。',
    silence_cancel: '如果在 {day} 之前没有收到您的答复，我们将取消这些商品。',
    sorry: '给您带来不便，敬请谅解。',
  },
  backorder_allocated: {
    subject: '订单 {order} 中的商品已到货',
    preheader: '已为您预留。',
    heading: '您等待的商品已到货',
    told: '您在订单 {order} 中等待的以下商品已到货，并已为您预留：',
    next: '包装完成后即发货，您无需任何操作。',
  },
  shortage: {
    subject_one: '缺货：{location} 的 {sku} 缺 {missing} 件',
    subject_many: '{count} 处缺货',
    preheader: '已承诺的库存不足。',
    heading: '已承诺的库存不足',
    told: '由于盘点、损坏或其他渠道的销售，现有数量少于已承诺的数量。',
    missing: '缺少',
    orders: '最新订单',
    next: '请从其他仓库发货，或通知买家：holdfast stock show、holdfast ledger。',
  },
  low: {
    subject_one: '库存偏低：{location} 的 {sku}',
    subject_many: '{count} 处库存偏低',
    preheader: '剩余数量已低于您设定的值。',
    heading: '库存偏低',
    told: '可售数量已降至设定的阈值。每次降至阈值只通知一次。',
    left: '剩余',
    threshold: '阈值',
  },
  out: {
    subject_one: '售罄：{location} 的 {sku}',
    subject_many: '{count} 处售罄',
    preheader: '已无可售库存。',
    heading: '已售罄',
    told: '已无可售库存。每次售罄只通知一次。',
  },
  webhook_paused: {
    subject_one: 'Webhook 已暂停：{url}',
    subject_many: '{count} 个 Webhook 已暂停',
    preheader: '投递持续失败。',
    heading: 'Webhook 已暂停',
    told: '向该地址的投递持续失败，已停止尝试。没有任何事件丢失：该地址恢复后，请恢复投递并补发。',
    url: '地址',
    since: '失败始于',
  },
  test: {
    subject: '{shop} 的测试邮件',
    preheader: '邮件可以送达。',
    heading: '邮件可以送达',
    told: '这封邮件由 Holdfast 应要求发出，您的邮件将呈现此样式。',
    reason: '您收到此邮件是因为 {shop} 的工作人员输入了您的地址进行测试。',
  },
}

export type Language = 'en' | 'zh'
export const languages: readonly Language[] = ['en', 'zh']
export const words: Record<Language, Words> = { en, zh }

/** Puts values into a sentence of the catalogue; a name that is not given stays as it stands. */
export const say = (sentence: string, values: Record<string, string>): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? (values[name] as string) : place,
  )
