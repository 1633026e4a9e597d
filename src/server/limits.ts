/** The bounds of one server process; each has a default. */
export type Limits = {
  /** Requests without an answer in one process; more are answered 503 at once. */
  pending_max?: number
  body_bytes_max?: number
  /** Milliseconds until a call is answered 504. */
  deadline_ms?: number
  /** Milliseconds after which a database connection that does not answer is given up. */
  answer_ms_max?: number
  /** Milliseconds in which a request must have arrived whole. */
  request_ms_max?: number
}
