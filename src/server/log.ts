import pino, { type Logger } from 'pino'

const SECRETS = [
  'authorization',
  'cookie',
  'key',
  'secret',
  'password',
  'headers',
  'body',
  '*.authorization',
  '*.cookie',
  '*.key',
  '*.secret',
  '*.password',
  '*.connectionString',
  'req.headers',
  'res.headers',
]

export type LogOptions = {
  /** The least that is told: trace, debug, info, warn, error, fatal or silent. */
  level?: string
  /** Where lines go; standard output when left out. */
  stream?: { write(line: string): void }
}

/** A log in JSON lines: one line an answer, never a header, a body or a key. */
export const loggerOf = (options: LogOptions = {}): Logger => {
  const settings = {
    level: options.level ?? 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRETS, censor: '[redacted]' },
  }
  return options.stream ? pino(settings, options.stream) : pino(settings)
}
