import { serve } from '../../src/server/serve.ts'

// A server that feeds events and sends webhooks, to be killed: tells its URL when it is ready.

const { url } = await serve({
  connectionString: process.argv[2] as string,
  port: 0,
  events: { webhooks: { to_private: true } },
})
process.send?.({ url })
process.once('disconnect', () => process.exit())
