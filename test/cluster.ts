import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Cluster = {
  url: (user: string, database: string) => string
  stop: () => Promise<void>
}

/** A cluster of somebody else's, such as Debian's: postgres://USER@/DATABASE?host=… */
const namedCluster = (pattern: string): Cluster => ({
  url: (user, database) => pattern.replace('USER', user).replace('DATABASE', database),
  stop: async () => {},
})

const ownCluster = async (): Promise<Cluster> => {
  const { startPostgres } = await import('../embedded/src/index.ts')
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
  chmodSync(folder, 0o755) // root lends PostgreSQL another user, who comes here too
  const settings = { max_connections: '200', shared_buffers: '256MB' }
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), settings })
  return {
    url: (user, database) => postgres.connectionString({ user, database }),
    stop: async () => {
      await postgres.stop()
      for (const used of [folder, postgres.socketDir]) {
        rmSync(used, { recursive: true, force: true })
      }
    },
  }
}

/** The server that HOLDFAST_TEST_POSTGRES names, else one that is started, and ended by stop. */
export const openCluster = async (): Promise<Cluster> => {
  const named = process.env['HOLDFAST_TEST_POSTGRES']
  return named ? namedCluster(named) : await ownCluster()
}
