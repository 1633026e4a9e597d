import type { Holdfast } from '../holdfast.ts'
import { createServer } from './server.ts'

/**
 * The OpenAPI document of this version, built without a database.
 *
 * @example
 * await writeFile('openapi.json', JSON.stringify(await openapiDocument(), null, 2))
 */
export const openapiDocument = async (): Promise<Record<string, unknown>> => {
  const nobody = {} as Holdfast // only its routes are looked at; no call is made
  const app = await createServer({ holdfast: nobody })
  await app.ready()
  const document = app.swagger() as unknown as Record<string, unknown>
  await app.close()
  return document
}
