import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { migrate } from '../../src/database/migrate.ts'
import { openCluster } from '../../test/cluster.ts'
import { openSite, type Site } from './site.ts'

/** A site of its own for a command: a fresh database, dropped when the site is closed. */
export const openOwnSite = async (): Promise<Site> => {
  const cluster = await openCluster()
  const name = `simulation_${randomBytes(4).toString('hex')}`
  const asSuperuser = async (database: string, text: string): Promise<void> => {
    const client = new pg.Client(cluster.url('postgres', database))
    await client.connect()
    await client.query(text).finally(() => client.end())
  }
  await asSuperuser('postgres', `create database ${name}`)
  const ownerUrl = cluster.url('postgres', name)
  await migrate({ connectionString: ownerUrl })
  await asSuperuser(name, `insert into holdfast.tenants (code, name) values ('default', 'Default')`)
  const site = await openSite({ url: cluster.url('holdfast_app', name), ownerUrl })
  return {
    ...site,
    close: async () => {
      await site.close()
      await asSuperuser('postgres', `drop database ${name} with (force)`)
      await cluster.stop()
    },
  }
}
