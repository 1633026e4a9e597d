import type { NetConnectOpts } from 'node:net'

const PORT = 5432

/** Where a connection string leads: a socket in a folder, or a host and its port. */
export const targetOf = (connectionString: string): NetConnectOpts => {
  const { hostname, port, searchParams } = new URL(connectionString)
  const host = searchParams.get('host') ?? decodeURIComponent(hostname)
  const number = Number(searchParams.get('port') ?? (port || PORT))
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${number}` } : { host, port: number }
}

/** The same database by way of a port of this machine. */
export const through = (connectionString: string, port: number): string => {
  const url = new URL(connectionString)
  url.hostname = '127.0.0.1'
  url.port = `${port}`
  for (const name of ['host', 'port']) url.searchParams.delete(name)
  return url.href
}

/** With TLS a proxy's address is not the name in the certificate: such a road has no faults. */
export const isPlain = (connectionString: string): boolean => {
  const mode = new URL(connectionString).searchParams.get('sslmode')
  return mode === null || mode === 'disable'
}

/** The same database under another name for the list of its sessions. */
export const named = (connectionString: string, application: string): string => {
  const url = new URL(connectionString)
  url.searchParams.set('application_name', application)
  return url.href
}
