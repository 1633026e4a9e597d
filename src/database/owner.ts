import pg from 'pg'
import { HoldfastError } from '../errors.ts'
import { engineSchema } from './statements.ts'

/** A connection that acts as the owner of the schema, for what holdfast_app may not do. */
export type Owner = {
  /** The rows of one of our functions. */
  rows<Row>(name: string, values?: unknown[]): Promise<Row[]>
  /** Its one row. */
  row<Row>(name: string, values?: unknown[]): Promise<Row>
  /** All of the work or, when it throws or answers false, none of it. */
  transaction(work: () => Promise<boolean>): Promise<void>
  end(): Promise<void>
}

const RIGHTS_HINT =
  'Connect as the role that migrates, or as one that was granted holdfast_owner ' +
  '(--database-url postgres://admin@…).'

/** Connects as whoever may act as holdfast_owner; throws `rights_missing` for anybody else. */
export const connectOwner = async (connectionString: string): Promise<Owner> => {
  const client = new pg.Client(connectionString)
  client.on('error', () => {}) // a connection that breaks has failed its query already
  await client.connect()
  try {
    await client.query('set role holdfast_owner')
  } catch (cause) {
    await client.end().catch(() => {})
    if ((cause as { code?: string }).code !== '42501') throw cause
    const { message } = cause as Error
    throw new HoldfastError('rights_missing', { message, hint: RIGHTS_HINT, cause })
  }
  const rows = async <Row>(name: string, values: unknown[] = []): Promise<Row[]> => {
    const places = values.map((_, index) => `$${index + 1}`).join(', ')
    const found = await client.query(`select * from ${engineSchema}.${name}(${places})`, values)
    return found.rows as Row[]
  }
  return {
    rows,
    row: async <Row>(name: string, values: unknown[] = []) =>
      (await rows<Row>(name, values))[0] as Row,
    transaction: async work => {
      await client.query('begin')
      let done = false
      try {
        done = await work()
      } finally {
        await client.query(done ? 'commit' : 'rollback').catch(error => {
          if (done) throw error
        })
      }
    },
    end: () => client.end().catch(() => {}),
  }
}
