-- Holds that end at one moment: $3 for each level of tenant 1 below level $2, as the engine would
-- have written them at $1: rows, movements with balances, counters.
with levels as (
  select l.* from holdfast.levels l where l.tenant_id = 1 and l.level_id <= $2
), holds as (
  select l.level_id, l.on_hand, l.held + n as held, l.committed, l.version + n as version,
    holdfast.uuid_v7() as reservation_id
  from levels l cross join generate_series(1, $3::int) as n
), reserved as (
  insert into holdfast.reservations (
    tenant_id, level_id, reservation_id, created_at, expires_at, quantity, held, committed,
    backordered, held_backordered, fulfilled, released, expired, returned
  )
  select 1, h.level_id, h.reservation_id, $1::timestamptz - interval '1 minute', $1, 1, 1, 0, 0, 0,
    0, 0, 0, 0
  from holds h
), moved as (
  insert into holdfast.inventory_transactions (
    tenant_id, level_id, version, recorded_at, held_change, on_hand, held, committed,
    reservation_id, kind, line_no, part_no
  )
  select 1, h.level_id, h.version, clock_timestamp(), 1, h.on_hand, h.held, h.committed,
    h.reservation_id, 1, 1, 0
  from holds h
)
update holdfast.levels l set
  held = l.held + $3::int, version = l.version + $3::int, changed_at = clock_timestamp()
where l.tenant_id = 1 and l.level_id <= $2
