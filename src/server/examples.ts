/** The address that examples name; /openapi.json puts the caller's own in its place. */
export const EXAMPLE_ORIGIN = 'http://127.0.0.1:4646'

const sku = 'HARBOUR-TEE-M-NAVY'
const location = 'hamburg'
const LINK = 'hf_link_1_Jk3sV0c1nT9q8wXy2ZbA7dEfGhLmPoRuSiKjMn4Q5t6'
const two = { lines: [{ sku, quantity: 2 }] }

/** A body for each operation that takes one, on the demo's goods: copied, they work there. */
export const bodies: Record<string, object> = {
  reserve: { lines: [{ sku, location, quantity: 3 }] },
  amend: { lines: [{ sku, location, quantity: 2 }] },
  extend: { order_reference: 'ORDER-1001' },
  commit: { order_reference: 'ORDER-1001' },
  fulfill: two,
  release: { ...two, reason: 'cart emptied' },
  return: { lines: [{ sku, quantity: 1, state: 'damaged' }], reason: 'torn' },
  record_sale: {
    order_reference: 'TILL-7-0815',
    lines: [{ sku, location: 'pier-7', quantity: 1 }],
    fulfilled: true,
  },
  look_up_availability: { skus: [sku, 'BAROMETER'] },
  adjust: { lines: [{ sku, location, quantity: -1 }], reason: 'broken' },
  set: { lines: [{ sku, location, quantity: 60 }], reason: 'count' },
  move: { lines: [{ sku, location, quantity: 1, from: 'available', to: 'damaged' }] },
  receive: { lines: [{ sku, location, quantity: 24 }], document: 'DELIVERY-7' },
  create_product: { handle: 'rain-hat', title: 'Rain hat', option_names: ['Size'] },
  update_product: { title: 'Harbour tee, heavy' },
  create_variant: { sku: 'HARBOUR-TEE-XXL-NAVY', option_values: ['XXL', 'Navy'] },
  update_variant: { option_values: ['M', 'Navy'], to: ['Medium', 'Navy'] },
  archive_variant: { option_values: ['M', 'Navy'] },
  unarchive_variant: { option_values: ['M', 'Navy'] },
  create_sku: { code: 'COFFEE', unit: 'kg', unit_decimals: 3 },
  update_sku: { barcodes: ['4006381333931'] },
  rename_sku: { to: 'HARBOUR-TEE-MEDIUM-NAVY' },
  merge_sku: { into: 'BAROMETER' },
  alias_sku: { alias: 'HARBOUR-TEE-6PACK', factor: 6 },
  create_location: { code: 'oslo', name: 'Oslo', time_zone: 'Europe/Oslo' },
  update_location: { priority: 5 },
  create_calendar: {
    code: 'no',
    name: 'Norway',
    holidays: [{ day: '2027-05-17', name: 'Constitution Day' }],
  },
  update_calendar: { working_days: [1, 2, 3, 4, 5, 6] },
  add_holidays: { holidays: [{ day: '2027-12-24', name: 'Christmas Eve' }] },
  create_channel: { code: 'amazon', name: 'Amazon', kind: 'marketplace' },
  update_channel: { name: 'Amazon DE' },
  set_buffers: {
    lines: [{ sku, location, channel: 'amazon', quantity: 20 }],
    reason: 'autumn campaign',
  },
  set_kit: {
    sku: 'SAILOR-SET',
    components: [
      { sku, quantity: 1 },
      { sku: 'FOGHORN-BEANIE-GREY', quantity: 1 },
    ],
  },
  build_kit: { location, quantity: 2, document: 'BUILD-7' },
  break_down_kit: { location, quantity: 1, reason: 'a component is needed' },
  set_policies: {
    rules: [
      {
        sku,
        fields: {
          backorder_mode: 'allow',
          backorder_cap: 5,
          lead_days_min: 7,
          lead_days_max: 10,
        },
      },
    ],
  },
  clear_policies: { rules: [{ sku }] },
  book_supply: { code: 'PO-1001', sku, location, quantity: 24, expected_on: '2027-03-01' },
  update_supply: { expected_on: '2027-03-08', reason: 'the ship is late' },
  cancel_supply: { reason: 'no yarn' },
  receive_supply: { quantity: 3, document: 'DELIVERY-8' },
  link_promise: { notice_id: '01a216d3-3fe5-70a1-a9ba-7ab797a32421' },
  answer_promise: { notice_id: '01a216d3-3fe5-70a1-a9ba-7ab797a32421', choice: 'keep' },
  create_webhook: {
    url: 'https://shop.example/hooks',
    types: ['level.out', 'level.back_in_stock'],
  },
  update_webhook: { types: ['level.low'] },
  rotate_webhook: { overlap_seconds: 3_600 },
  replay_webhook: { event_id: 'evt_1' },
  set_mail_settings: { shop_name: 'Pier 7', colour: '#0b7285', reply_to: 'help@example.com' },
  send_test_mail: { to: 'kim@example.com', language: 'en' },
  set_contact: { order_reference: 'ORDER-1001', email: 'kim@example.com', language: 'zh-CN' },
  erase_contacts: { email: 'kim@example.com' },
  set_recipient: { email: 'stock@example.com', notices: ['shortage', 'out'] },
  create_key: { name: 'shop', scopes: ['read', 'sell'] },
  create_publishable_key: { name: 'web shop', origins: ['https://shop.example'], units_max: 10 },
  update_publishable_key: { shown_max: 20 },
  invite_person: { email: 'ana@shop.example', role: 'stock_keeper', locations: [location] },
  update_person: { role: 'seller' },
  look_at_link: { link: LINK },
  join: { link: LINK, password: 'three brass lamps', email: 'owner@shop.example', name: 'Ana' },
  sign_in: { email: 'ana@shop.example', password: 'three brass lamps' },
  update_me: { language: 'zh', theme: 'dark' },
  change_password: { password: 'three brass lamps', to: 'four copper kettles' },
  create_tenant: { code: 'acme', name: 'Acme Ltd' },
  update_tenant: { cart_window_seconds: 900 },
}

/** The file that an import example sends. */
export const importBody = 'sku,location,on_hand\nHARBOUR-TEE-M-NAVY,hamburg,60\n'

/** A value for each parameter that a call cannot do without. */
export const parameters: Record<string, string> = {
  reservation_id: '01a216d3-3fe5-70a1-a9ba-7ab797a32421',
  handle: 'harbour-tee',
  alias: 'HARBOUR-TEE-6PACK',
  import_id: '1',
  mail_id: '1',
  recipient_id: '1',
  template: 'promise_moved',
  key_id: '2',
  endpoint_id: '1',
  event_id: 'evt_1',
  person_id: '3',
  session_id: '4',
  actor: '3',
  day: '2027-12-24',
  sku,
}

/** `code` is a word of several rooms. */
export const codes: Record<string, string> = {
  SKUs: sku,
  Locations: location,
  Calendars: 'no',
  Channels: 'amazon',
  Supply: 'PO-1001',
  Kits: 'GALLEY-BOX',
  Tenants: 'default',
}
