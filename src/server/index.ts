export { openapiDocument } from './document.ts'
export type { Limits } from './limits.ts'
export type { LogOptions } from './log.ts'
export { type ServeOptions, type Serving, serve } from './serve.ts'
