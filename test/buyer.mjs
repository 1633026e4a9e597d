// A shop's process that buys through SQL alone until it is killed: node buyer.mjs URL SKU
import pg from 'pg'

const [url, sku] = process.argv.slice(2)
const client = new pg.Client(url)
await client.connect()
process.stdout.write('buying\n')
for (;;) {
  const cart = { lines: [{ sku, location: 'berlin', quantity: 1 }] }
  await client.query("select holdfast.reserve('default', $1)", [JSON.stringify(cart)])
}
