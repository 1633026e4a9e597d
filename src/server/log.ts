import pino, { type DestinationStream, type Logger } from 'pino'

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

/** A log in JSON lines: one line an answer, never a header, a body or a key. */
export const loggerOf = (options: { level?: string; stream?: DestinationStream } = {}): Logger => {
  const settings = {
    level: options.level ?? 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRETS, censor: '[redacted]' },
  }
  return options.stream ? pino(settings, options.stream) : pino(settings)
}
