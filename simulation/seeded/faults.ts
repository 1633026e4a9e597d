/** What a fault lets the database do before the caller hears of it. */
export type Reached = 'not sent' | 'rolled back' | 'committed' | 'committed later'

export type Fault = {
  reached: Reached
  /** What the driver tells the engine; left out: the answer itself, but late. */
  error?: { message: string; code?: string }
  /** How much later the answer is delivered. */
  late_ms?: readonly [number, number]
}

const LOST = 'Connection terminated unexpectedly'

/**
 * Every way in which a statement may go wrong between the engine and PostgreSQL. Messages and codes
 * are those of pg 8 and of PostgreSQL. A fault with a code of PostgreSQL's has aborted its
 * transaction; one without tells nothing of it.
 */
export const faults = {
  lost_before_send: { reached: 'not sent', error: { message: LOST } },
  refused_connection: {
    reached: 'not sent',
    error: { message: 'connect ECONNREFUSED 127.0.0.1:5432', code: 'ECONNREFUSED' },
  },
  unreachable_host: {
    reached: 'not sent',
    error: { message: 'connect EHOSTUNREACH 10.0.0.7:5432', code: 'EHOSTUNREACH' },
  },
  pool_exhausted: {
    reached: 'not sent',
    error: { message: 'timeout exceeded when trying to connect' },
  },
  too_many_connections: {
    reached: 'not sent',
    error: { message: 'sorry, too many clients already', code: '53300' },
  },
  lost_before_commit: { reached: 'rolled back', error: { message: LOST } },
  serialization_failure: {
    reached: 'rolled back',
    error: { message: 'could not serialize access', code: '40001' },
  },
  deadlock: { reached: 'rolled back', error: { message: 'deadlock detected', code: '40P01' } },
  lock_timeout: {
    reached: 'rolled back',
    error: { message: 'canceling statement due to lock timeout', code: '55P03' },
  },
  admin_shutdown: {
    reached: 'rolled back',
    error: { message: 'terminating connection due to administrator command', code: '57P01' },
  },
  lost_after_commit: {
    reached: 'committed',
    error: { message: 'read ECONNRESET', code: 'ECONNRESET' },
  },
  half_an_answer: { reached: 'committed', error: { message: LOST } },
  read_timeout: { reached: 'committed', error: { message: 'Query read timeout' } },
  lost_but_running: { reached: 'committed later', error: { message: LOST } },
  slow: { reached: 'committed', late_ms: [200, 20_000] },
} as const satisfies Record<string, Fault>

export type FaultName = keyof typeof faults
export const faultNames = Object.keys(faults) as FaultName[]

/** The caller cannot know whether these had an effect, although they had, or will have. */
export const isUnknownOutcome = (name: FaultName): boolean => {
  const fault: Fault = faults[name]
  return fault.error !== undefined && fault.reached.startsWith('committed')
}

export const errorOf = (name: FaultName): Error => {
  const { error }: Fault = faults[name]
  return Object.assign(new Error(error?.message), error?.code ? { code: error.code } : {})
}
