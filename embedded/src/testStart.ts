import { startPostgres } from './index.ts'

/** A process that starts a folder, says what it got, and leaves the server running. */
const server = await startPostgres({ dataDir: process.argv[2] ?? '' })
console.log(JSON.stringify({ pid: server.pid, adopted: server.adopted }))
