export { openapiDocument } from './document.ts'
export { loggerOf } from './log.ts'
export { type ServeOptions, type Serving, serve } from './serve.ts'
export { createServer, type Limits, type ServerOptions } from './server.ts'
