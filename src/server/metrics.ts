import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Observer } from '../engine/observer.ts'
import type { AuditState } from './readiness.ts'

/** What tells how many requests have no answer yet. */
export type Pending = { readonly count: number }

/** What the engine tells of itself; each figure may be missing. */
export type EngineStats = {
  waiting?: number
  in_flight?: number
  lanes?: number
  pool?: { total?: number; idle?: number; waiting?: number }
}

export type Observed = { stats?: () => EngineStats }

const HTTP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** A figure that is read from elsewhere whenever somebody looks. */
const looked = (registry: Registry, name: string, help: string, read: () => number | undefined) =>
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read()
      if (value === undefined) this.remove()
      else this.set(value)
    },
  })

const FLUSH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
const MS_PER_SECOND = 1000

/** What steps of the feed and of its consumers have taken. */
const eventMetrics = (registers: Registry[]) => {
  const eventsTaken = new Counter({
    name: 'holdfast_events_total',
    help: 'Events that this process has written to the feed, or a consumer has taken from it.',
    labelNames: ['consumer'],
    registers,
  })
  const eventsLag = new Gauge({
    name: 'holdfast_events_lag_seconds',
    help: 'Age of the oldest event of the last step of the feed, or of a consumer; 0 when idle.',
    labelNames: ['consumer'],
    registers,
  })
  return (consumer: string, count: number, lagSeconds: number) => {
    eventsTaken.inc({ consumer }, count)
    eventsLag.set({ consumer }, lagSeconds)
  }
}

/** Figures of this process: the engine and the server tell, Prometheus asks. */
export const newMetrics = () => {
  const registers = [new Registry()]
  const decisions = new Counter({
    name: 'holdfast_decisions_total',
    help: 'Calls that were decided, by verb and outcome (granted, replayed, or the refusal).',
    labelNames: ['verb', 'outcome'],
    registers,
  })
  const http = new Histogram({
    name: 'holdfast_http_request_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: HTTP_SECONDS,
    registers,
  })
  const flushSizes = new Histogram({
    name: 'holdfast_flush_size',
    help: 'Calls that were decided in one flush.',
    labelNames: ['verb'],
    buckets: FLUSH_SIZES,
    registers,
  })
  const flushSeconds = new Histogram({
    name: 'holdfast_flush_seconds',
    help: 'Time of one flush: one round trip, one call, one commit.',
    labelNames: ['verb'],
    buckets: HTTP_SECONDS,
    registers,
  })
  const audited = new Counter({
    name: 'holdfast_audit_checked_total',
    help: 'What the background audit of this process has checked: levels, movements, reservations.',
    labelNames: ['of'],
    registers,
  })
  const auditSeconds = new Histogram({
    name: 'holdfast_audit_slice_seconds',
    help: 'Time of one slice of the background audit.',
    buckets: HTTP_SECONDS,
    registers,
  })
  return {
    registry: registers[0] as Registry,
    /** For openHoldfast. Decisions are counted where all verbs pass: at the door. */
    observer: {
      decided: () => {},
      flushed: (verb, size, milliseconds) => {
        flushSizes.observe({ verb }, size)
        flushSeconds.observe({ verb }, milliseconds / MS_PER_SECOND)
      },
    } satisfies Observer,
    audited: (checked: Record<string, number>, seconds: number) => {
      for (const [of, count] of Object.entries(checked)) audited.inc({ of }, count)
      auditSeconds.observe(seconds)
    },
    took: eventMetrics(registers),
    decided: (verb: string, outcome: string) => decisions.inc({ verb, outcome }),
    answered: (labels: { method: string; route: string; status: number }, seconds: number) =>
      http.observe(labels, seconds),
  }
}

export type Metrics = ReturnType<typeof newMetrics>

/** Adds what the background audit of this process says. */
export const watchAudit = ({ registry }: Metrics, state: () => AuditState): void => {
  const lastPass = () => {
    const { last_pass_at } = state()
    return last_pass_at === null ? undefined : Date.parse(last_pass_at) / MS_PER_SECOND
  }
  const name = 'holdfast_audit_last_pass_timestamp_seconds'
  looked(registry, name, 'When the audit had last passed all books.', lastPass)
  const help = 'Faults in the books that the background audit finds.'
  looked(registry, 'holdfast_audit_findings', help, () => state().findings)
}

/** Adds how many listen to events. */
export const watchStreams = ({ registry }: Metrics, streams: { readonly count: number }): void => {
  const help = 'Listeners of /v1/events in this process.'
  looked(registry, 'holdfast_event_listeners', help, () => streams.count)
}

/** Adds what is looked up whenever somebody asks: queue, lanes, pool. Once for each registry. */
export const watch = ({ registry }: Metrics, observed: Observed, pending: Pending): void => {
  const stats = (): EngineStats => observed.stats?.() ?? {}
  const gauges: [string, string, () => number | undefined][] = [
    ['holdfast_http_pending', 'Requests without an answer yet.', () => pending.count],
    ['holdfast_engine_waiting', 'Calls that wait for a flush.', () => stats().waiting],
    ['holdfast_engine_in_flight', 'Flushes in flight.', () => stats().in_flight],
    ['holdfast_engine_lanes', 'Lanes of their own, for blocked levels.', () => stats().lanes],
    ['holdfast_pool_total', 'Connections to the database.', () => stats().pool?.total],
    ['holdfast_pool_idle', 'Connections that are idle.', () => stats().pool?.idle],
    ['holdfast_pool_waiting', 'Calls that wait for a connection.', () => stats().pool?.waiting],
  ]
  for (const [name, help, read] of gauges) looked(registry, name, help, read)
}
