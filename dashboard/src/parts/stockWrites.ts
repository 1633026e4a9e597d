import type { paths } from '../../../client/src/api.generated.ts'
import { api } from '../api/client.ts'
import { useWrite } from '../api/use.ts'

type BodyOf<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { 'application/json': infer Body } } }
}
  ? Body
  : never

/** What a change of stock touches. */
const TOUCHED = ['inventory', 'levels', 'skus', 'transactions', 'overview']

export type AdjustBody = BodyOf<'/v1/stock/adjust'>
export type SetBody = BodyOf<'/v1/stock/set'>
export type MoveBody = BodyOf<'/v1/stock/move'>

/** The verbs of stock; `quiet` where the caller shows a refusal itself. */
export const useStockWrites = (options: { quiet?: boolean } = {}) => ({
  adjust: useWrite((body: AdjustBody) => api.POST('/v1/stock/adjust', { body }), TOUCHED, options),
  set: useWrite((body: SetBody) => api.POST('/v1/stock/set', { body }), TOUCHED, options),
  move: useWrite((body: MoveBody) => api.POST('/v1/stock/move', { body }), TOUCHED, options),
})
