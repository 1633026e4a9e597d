import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, expect } from 'vitest'
import { type EmbeddedPostgres, startPostgres } from './index.ts'
import { serviceUser } from './serviceUser.ts'

export const user = serviceUser()
export const asRoot = process.getuid?.() === 0

const started: EmbeddedPostgres[] = []
const socketFolders = new Set<string>()

/** A folder of this test file, where the service user comes too; gone with its sockets after it. */
export const testRoot = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'hf-test-'))
  chmodSync(root, 0o755)
  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop({ force: true })
  })
  afterAll(() => {
    for (const folder of [root, ...socketFolders]) rmSync(folder, { recursive: true, force: true })
  })
  return root
}

/** A server that ends after the test. */
export const start = async (
  dataDir: string,
  onNotice: (line: string) => void = () => {},
): Promise<EmbeddedPostgres> => {
  const server = await startPostgres({ dataDir, onNotice })
  started.push(server)
  socketFolders.add(server.socketDir)
  return server
}

/** The code of the error that a piece of work ends with; it has a hint. */
export const code = async (work: () => unknown): Promise<string> => {
  try {
    await work()
    return 'no error'
  } catch (error) {
    expect((error as { hint?: string }).hint ?? error).toMatch(/.{20}/)
    return (error as { code: string }).code
  }
}

export const connected = async (server: EmbeddedPostgres): Promise<pg.Client> => {
  const client = new pg.Client(server.connection({ user: 'postgres', database: 'postgres' }))
  client.on('error', () => {}) // its server may be killed
  await client.connect()
  return client
}

export const ask = async (
  server: EmbeddedPostgres,
  text: string,
): Promise<Record<string, unknown>[]> => {
  const client = await connected(server)
  return (await client.query(text).finally(() => client.end())).rows
}
