import pg from 'pg'

/** Something that runs one statement and gives its rows. */
export type Transaction = {
  query(text: string, values: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
}

type Rows = Record<string, unknown>[] | { rows: Record<string, unknown>[] }
// biome-ignore lint/complexity/noBannedTypes: the clients of seven libraries, told apart by method
type Client = Record<string, Function | undefined>

const rowsOf = (result: Rows): { rows: Record<string, unknown>[] } =>
  Array.isArray(result) ? { rows: result } : { rows: result.rows }

const inline = (text: string, values: unknown[]): string =>
  text.replace(/\$(\d+)/g, (_, index) => pg.escapeLiteral(String(values[Number(index) - 1])))

/**
 * Adapts the transaction object of a database library: pg, postgres.js, Prisma, Drizzle, Kysely,
 * TypeORM or Knex. Each runs a raw statement with values in its own way; Drizzle takes no values
 * for raw text, so they are quoted by pg's own function.
 */
export const asTransaction = (given: unknown): Transaction => {
  const client = given as Client
  const run = async (result: unknown) => rowsOf((await result) as Rows)
  if (typeof client['$queryRawUnsafe'] === 'function') {
    return { query: (text, values) => run(client['$queryRawUnsafe']?.(text, ...values)) }
  }
  if (typeof client['unsafe'] === 'function') {
    return { query: (text, values) => run(client['unsafe']?.(text, values)) }
  }
  if (typeof client['executeQuery'] === 'function') {
    return {
      query: (text, values) => {
        const query = { kind: 'RawNode', sqlFragments: [text], parameters: [] }
        const compiled = { sql: text, parameters: values, query, queryId: { queryId: 'holdfast' } }
        return run(client['executeQuery']?.(compiled))
      },
    }
  }
  if (typeof given === 'function' && typeof client['raw'] === 'function') {
    return {
      query: (text, values) => run(client['raw']?.(text.replace(/\$\d+/g, '?'), values)),
    }
  }
  if (typeof client['query'] === 'function') {
    return { query: (text, values) => run(client['query']?.(text, values)) }
  }
  if (typeof client['execute'] === 'function') {
    return { query: (text, values) => run(client['execute']?.(inline(text, values))) }
  }
  throw new TypeError('transaction must be a client that can run a query')
}
