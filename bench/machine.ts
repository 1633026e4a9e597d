import { cpus, totalmem } from 'node:os'
import type { Cluster } from './cluster.ts'
import { redisVersion } from './redisServer.ts'

/** Where a round was run, in a line. */
export const machineOf = async ({ admin }: Cluster): Promise<string> => {
  const { rows } = await admin.query(`select current_setting('server_version') as version,
    current_setting('fsync') as fsync, current_setting('synchronous_commit') as commits,
    current_setting('shared_buffers') as buffers`)
  const [{ version, fsync, commits, buffers }] = rows
  return [
    `${cpus().length} CPUs (${cpus()[0]?.model.trim() ?? process.arch})`,
    `${Math.round(totalmem() / 1024 ** 3)} GB`,
    `Node ${process.versions.node}`,
    `PostgreSQL ${version.split(' ')[0]} (fsync ${fsync}, synchronous_commit ${commits}, ` +
      `shared_buffers ${buffers})`,
    `Redis ${redisVersion() ?? 'not installed'}`,
  ].join(', ')
}
