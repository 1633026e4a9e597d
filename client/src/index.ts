export type { AnswerOf, Operation, Refusal, RequestOf, Unavailable } from './answer.ts'
export {
  type CallOptions,
  type ClientOptions,
  type HoldfastClient,
  holdfastClient,
} from './client.ts'
export { type ErrorCode, HoldfastError } from './error.ts'
