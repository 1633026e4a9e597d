import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import { version } from '../server/version.ts'

/** How the system is, over HTTP. */
export const systemRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/system',
    scope: 'admin',
    tag: 'System',
    operation: 'get_system',
    summary: 'How the database and the books are',
    description:
      'What doctor finds, for a key of the tenant that the server was started on; and what the ' +
      'background audit of your own books finds.',
    query: Type.Object({}, { additionalProperties: false }),
    answer: Type.Ref('System#'),
    call: async ({ system }, { operator }) => ({
      ok: true,
      version,
      node: operator ? process.version : null,
      engine: system.engine,
      checks: operator ? await system.checks() : [],
      events: await system.events(),
      audit: await system.audit(),
    }),
  }),
]
