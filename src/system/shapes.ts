import Type from 'typebox'
import { choice, closed, Instant, orNull } from '../shapes.ts'

const count = Type.Integer({ minimum: 0 })
const checked = { levels: count, movements: count, reservations: count }

const Check = closed({
  check: Type.String({ description: 'What was looked at.' }),
  state: choice(['ok', 'warn', 'fail']),
  found: Type.String(),
  fix: Type.Optional(Type.String({ description: 'What to do.' })),
  facts: Type.Optional(
    Type.Object(
      {},
      {
        additionalProperties: Type.Union([Type.String(), Type.Number()]),
        description: 'The values inside of both texts, for whoever words them anew.',
      },
    ),
  ),
})

const Fault = closed({
  code: Type.String(),
  explanation: Type.String(),
  remedy: Type.String(),
  facts: Type.Object({}, { additionalProperties: true, description: 'Where it is.' }),
  first_seen_at: Instant,
})

export const System = closed(
  {
    ok: Type.Literal(true),
    version: Type.String({ description: 'Of Holdfast.' }),
    node: orNull(
      Type.String({ description: 'Of Node; null for other tenants than the operator.' }),
    ),
    engine: Type.String({ description: 'The schema of the functions in the database.' }),
    checks: Type.Array(Check, {
      description: 'Of the database; empty for other tenants than the operator.',
    }),
    events: closed(
      {
        position: Type.Integer({ description: 'Of the newest event.' }),
        fed_at: orNull(Instant),
        consumers: Type.Array(
          closed({
            consumer: Type.String(),
            position: Type.Integer(),
            behind: Type.Integer({ description: 'Events that it has not read yet.' }),
            lag_seconds: Type.Number({ description: 'The age of the oldest of them.' }),
          }),
        ),
      },
      { description: 'How far the events of your tenant have come.' },
    ),
    audit: closed(
      {
        pass_began_at: orNull(Instant),
        last_pass_at: orNull(Instant),
        last_pass: orNull(closed({ ...checked, seconds: Type.Number() })),
        checked: closed(checked, { description: 'In this pass so far.' }),
        findings_count: count,
        findings: Type.Array(Fault, { description: 'The newest 100.' }),
      },
      { description: 'Of the books of your tenant.' },
    ),
  },
  { $id: 'System', description: 'How the database and the books are.' },
)
