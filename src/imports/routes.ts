import { type Route, route } from '../server/route.ts'
import { ImportPage, ListImports } from './shapes.ts'

/** Imports over HTTP. */
export const importRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/imports',
    scope: 'read',
    tag: 'Imports',
    operation: 'list_imports',
    summary: 'List imports',
    query: ListImports,
    answer: ImportPage,
    call: (holdfast, { query }) => holdfast.imports.list(query),
  }),
]
