-- The invariants of the books, one function a subject: here movements, levels and promises; in
-- invariantsOfNames.sql reservations and names. src/ledger/findings.ts explains each code.
-- Every function is STABLE: it sees one snapshot, so a slice is consistent although sales go on.

-- Faults in the chain of movements of a range of levels: versions 1 … n without gap or repetition,
-- each balance = the one before + the change, time never going back.
-- p_after int, p_until int: level ids, the first not included. rows: one a fault.
-- A wrong balance is told once: it must contradict both its neighbour and the sum of all changes.
-- locks: none.
create or replace function holdfast_engine_N.movement_faults(
  p_tenant_id int, p_after int, p_until int
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with movements as (
    select t.level_id, t.version, t.recorded_at, t.kind, t.reservation_id,
      coalesce(t.held_change, 0) <> 0 or coalesce(t.committed_change, 0) <> 0 as promises,
      array[coalesce(t.on_hand_change, 0), coalesce(t.held_change, 0),
        coalesce(t.committed_change, 0), coalesce(t.damaged_change, 0),
        coalesce(t.quality_control_change, 0), coalesce(t.set_aside_change, 0),
        coalesce(t.backordered_change, 0)] as changes,
      array[t.on_hand, t.held, t.committed, coalesce(t.damaged, 0),
        coalesce(t.quality_control, 0), coalesce(t.set_aside, 0),
        coalesce(t.backordered, 0)] as balances,
      coalesce(t.shortage, 0) as shortage
    from holdfast.inventory_transactions t
    where t.tenant_id = p_tenant_id and t.level_id > p_after and t.level_id <= p_until
  ), chained as (
    select m.*,
      lag(m.version) over chain as version_before,
      lag(m.recorded_at) over chain as recorded_before,
      lag(m.balances) over chain as balances_before,
      array[sum(m.changes[1]) over chain, sum(m.changes[2]) over chain,
        sum(m.changes[3]) over chain, sum(m.changes[4]) over chain, sum(m.changes[5]) over chain,
        sum(m.changes[6]) over chain, sum(m.changes[7]) over chain]::bigint[] as sums
    from movements m
    window chain as (partition by m.level_id order by m.version, m.recorded_at
      rows unbounded preceding)
  )
  select 'movement_without_version', c.level_id, c.reservation_id,
    'a movement of ' || c.recorded_at, 'a version', null
  from chained c where c.version is null
  union all
  select 'movement_missing', c.level_id, null, case
      when c.version - coalesce(c.version_before, 0) = 2 then 'version ' || c.version - 1
      else format('versions %s to %s', coalesce(c.version_before, 0) + 1, c.version - 1) end,
    'version ' || coalesce(c.version_before, 0) + 1, 'version ' || c.version
  from chained c where c.version > coalesce(c.version_before, 0) + 1
  union all
  select 'movement_repeated', c.level_id, c.reservation_id, 'version ' || c.version,
    'version ' || coalesce(c.version_before, 0) + 1, 'version ' || c.version
  from chained c where c.version <= coalesce(c.version_before, 0)
  union all
  select 'movement_balance_wrong', c.level_id, c.reservation_id,
    format('version %s: %s', c.version, n.name),
    coalesce(c.balances_before[n.i], 0) + c.changes[n.i] || '',
    c.balances[n.i] || ''
  from chained c
  cross join unnest(array['on_hand', 'held', 'committed', 'damaged', 'quality_control',
    'set_aside', 'backordered']) with ordinality as n (name, i)
  where c.version = coalesce(c.version_before, 0) + 1
    and c.balances[n.i] is distinct from coalesce(c.balances_before[n.i], 0) + c.changes[n.i]
    and c.balances[n.i] is distinct from c.sums[n.i]
  union all
  select 'movement_shortage_wrong', c.level_id, c.reservation_id, 'version ' || c.version,
    greatest(0, c.balances[2] + c.balances[3] + c.balances[4] + c.balances[5] + c.balances[6]
      - c.balances[1]) || '',
    c.shortage || ''
  from chained c
  where c.balances = c.sums
    and c.shortage is distinct from greatest(0, c.balances[2] + c.balances[3] + c.balances[4]
      + c.balances[5] + c.balances[6] - c.balances[1])
  union all
  select 'movement_out_of_time', c.level_id, c.reservation_id, 'version ' || c.version,
    'not before ' || c.recorded_before, c.recorded_at || ''
  from chained c where c.recorded_at < c.recorded_before
  union all
  select 'movement_of_unknown_kind', c.level_id, c.reservation_id, 'version ' || c.version,
    'a kind in holdfast.transaction_kinds', 'kind ' || c.kind
  from chained c
  where not exists (select from holdfast.transaction_kinds k where k.kind = c.kind)
  union all
  select 'promise_without_reservation', c.level_id, null, 'version ' || c.version,
    'a reservation', null
  from chained c where c.promises and c.reservation_id is null
  union all
  select 'movement_without_level', c.level_id, null, 'movements of level ' || c.level_id,
    'a level', count(*) || ' movements'
  from chained c
  where not exists (
    select from holdfast.levels l where l.tenant_id = p_tenant_id and l.level_id = c.level_id
  )
  group by c.level_id
$$;

-- Faults in the rows of levels: what they belong to, the rules of their counters, and whether they
-- are what the ledger says: the last balances, the sum of all changes, the newest version.
-- p_after int, p_until int: level ids, the first not included. rows: one a fault.
-- ledger_sum_differs follows from any other finding of its level; the caller then leaves it out.
-- locks: none.
create or replace function holdfast_engine_N.level_faults(
  p_tenant_id int, p_after int, p_until int
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with checked as (
    select l.*, l.held + l.committed + l.damaged + l.quality_control + l.set_aside as kept,
      coalesce(m.version, 0) as last_version, m.recorded_at as last_recorded_at,
      array[l.on_hand, l.held, l.committed, l.damaged, l.quality_control, l.set_aside,
        l.backordered, l.shortage] as counters,
      array[coalesce(m.on_hand, 0), coalesce(m.held, 0), coalesce(m.committed, 0),
        coalesce(m.damaged, 0), coalesce(m.quality_control, 0), coalesce(m.set_aside, 0),
        coalesce(m.backordered, 0), coalesce(m.shortage, 0)] as balances
    from holdfast.levels l
    left join lateral (
      select t.* from holdfast.inventory_transactions t
      where t.tenant_id = p_tenant_id and t.level_id = l.level_id
      order by t.version desc nulls last, t.recorded_at desc limit 1
    ) as m on true
    where l.tenant_id = p_tenant_id and l.level_id > p_after and l.level_id <= p_until
  ), named as (
    select n.name, n.i from unnest(array['on_hand', 'held', 'committed', 'damaged',
      'quality_control', 'set_aside', 'backordered', 'shortage']) with ordinality as n (name, i)
  ), faults (code, level_id, what, expected, found) as (
    select 'level_without_sku', c.level_id, 'SKU ' || c.sku_id, 'a SKU', null from checked c
    where not exists (select from holdfast.skus s
      where s.tenant_id = p_tenant_id and s.sku_id = c.sku_id)
    union all
    select 'level_without_location', c.level_id, 'location ' || c.location_id, 'a location', null
    from checked c
    where not exists (select from holdfast.locations p
      where p.tenant_id = p_tenant_id and p.location_id = c.location_id)
    union all
    select 'level_twice', c.level_id, 'SKU and location', 'one level', 'level ' || o.level_id
    from checked c
    join holdfast.levels o on o.tenant_id = p_tenant_id and o.sku_id = c.sku_id
      and o.location_id = c.location_id and o.level_id < c.level_id
    union all
    select 'counter_negative', c.level_id, n.name, '0 or more', n.units || ''
    from checked c
    cross join lateral (values ('on_hand', c.on_hand), ('held', c.held),
      ('committed', c.committed), ('damaged', c.damaged),
      ('quality_control', c.quality_control), ('set_aside', c.set_aside),
      ('backordered', c.backordered), ('held_backordered', c.held_backordered),
      ('buffered', c.buffered), ('waiting', c.waiting), ('shortage', c.shortage),
      ('safety_stock', c.safety_stock)) as n (name, units)
    where n.units < 0
    union all
    select 'oversold', c.level_id, 'reserved and unavailable',
      c.on_hand + c.shortage || ' at most', c.kept || ''
    from checked c where c.kept > c.on_hand + c.shortage
    union all
    select 'shortage_wrong', c.level_id, 'shortage', greatest(0, c.kept - c.on_hand) || '',
      c.shortage || ''
    from checked c where c.shortage > 0 and c.kept < c.on_hand + c.shortage
    union all
    select 'backorder_over_ceiling', c.level_id, 'backordered',
      c.backorder_ceiling || ' at most', c.backordered + c.held_backordered || ''
    from checked c where c.backordered + c.held_backordered > c.backorder_ceiling
    union all
    select case when c.version > c.last_version and c.counters <> c.balances
      then 'movement_missing' else 'level_version_wrong' end, c.level_id,
      case when c.version > c.last_version and c.counters <> c.balances
        then 'the newest movement' else 'version' end,
      case when c.version > c.last_version and c.counters <> c.balances
        then 'version ' || c.version else 'version ' || c.last_version end,
      case when c.version > c.last_version and c.counters <> c.balances
        then 'version ' || c.last_version else 'version ' || c.version end
    from checked c where c.version <> c.last_version
    union all
    select 'counter_differs_from_ledger', c.level_id, n.name, c.balances[n.i] || '',
      c.counters[n.i] || ''
    from checked c
    cross join named n
    where c.version <= c.last_version and c.counters[n.i] <> c.balances[n.i]
    union all
    select 'level_time_wrong', c.level_id, 'changed_at', 'not before ' || c.last_recorded_at,
      c.changed_at || ''
    from checked c where c.changed_at < c.last_recorded_at
    union all
    select 'ledger_sum_differs', c.level_id, n.name, s.sums[n.i] || '', c.counters[n.i] || ''
    from checked c
    cross join lateral (
      select array[coalesce(sum(t.on_hand_change), 0), coalesce(sum(t.held_change), 0),
        coalesce(sum(t.committed_change), 0), coalesce(sum(t.damaged_change), 0),
        coalesce(sum(t.quality_control_change), 0), coalesce(sum(t.set_aside_change), 0),
        coalesce(sum(t.backordered_change), 0)] as sums
      from holdfast.inventory_transactions t
      where t.tenant_id = p_tenant_id and t.level_id = c.level_id
    ) as s
    join named n on n.i <= 7
    where c.counters[n.i] <> s.sums[n.i]
  )
  select f.code, f.level_id, null::uuid, f.what, f.expected, f.found from faults f
$$;

-- Faults between the movements of a range of levels and the allocations that they changed: for each
-- allocation the changes of held and committed add up to what it has, and so do its outcomes.
-- p_after int, p_until int: level ids, the first not included. rows: one a fault. One that
-- followed a merge is compared at its new level, and only by what is open.
-- locks: none.
create or replace function holdfast_engine_N.promise_faults(
  p_tenant_id int, p_after int, p_until int
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with grouped as materialized (
    select t.level_id, t.reservation_id, coalesce(t.line_no, 0) as line_no,
      coalesce(t.part_no, 0) as part_no,
      coalesce(sum(t.held_change), 0) as held, coalesce(sum(t.committed_change), 0) as committed,
      coalesce(-sum(t.committed_change) filter (where t.kind = 4), 0) as fulfilled,
      coalesce(sum(t.on_hand_change) filter (where t.kind = 7), 0) as returned,
      coalesce(-sum(coalesce(t.held_change, 0) + coalesce(t.committed_change, 0)) filter (
        where t.kind = 5 or (t.kind = 2
          and coalesce(t.held_change, 0) + coalesce(t.committed_change, 0) < 0)), 0) as released
    from holdfast.inventory_transactions t
    where t.tenant_id = p_tenant_id and t.level_id > p_after and t.level_id <= p_until
    group by t.level_id, t.reservation_id, coalesce(t.line_no, 0), coalesce(t.part_no, 0)
  ), moved as (
    -- Asked for below, this would be found by the index of reservations: all of them, every slice.
    select * from grouped g where g.reservation_id is not null
  ), compared as (
    select m.*, format('line %s, part %s', m.line_no, m.part_no) as part,
      r.reservation_id is not null as reserved, k.level_id as kept_at,
      k.held as kept_held, k.committed as kept_committed, k.fulfilled as kept_fulfilled,
      k.returned as kept_returned, k.released as kept_released, k.allocated,
      exists (
        select from holdfast.levels l
        join holdfast.skus s on s.tenant_id = p_tenant_id and s.merged_into = l.sku_id
        where l.tenant_id = p_tenant_id and l.level_id = m.level_id
      ) as merged
    from moved m
    left join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = m.reservation_id
    left join holdfast.allocations a on a.tenant_id = p_tenant_id
      and a.reservation_id = m.reservation_id and a.line_no = m.line_no and a.part_no = m.part_no
    left join lateral (
      select true as allocated, r.level_id, r.held, r.committed, r.fulfilled, r.returned,
        r.released
      where r.quantity is not null and m.line_no = 1 and m.part_no = 0
      union all
      select true, a.level_id, a.held, a.committed, a.fulfilled, a.returned, a.released
      where a.reservation_id is not null
      limit 1
    ) as k on true
  ), faults (code, level_id, reservation_id, what, expected, found) as (
    select 'movement_without_reservation', c.level_id, c.reservation_id, c.part,
      'a reservation', null
    from compared c where not c.reserved
    union all
    select 'movement_without_allocation', c.level_id, c.reservation_id, c.part,
      'an allocation', null
    from compared c where c.reserved and c.allocated is null
    union all
    select 'allocation_at_other_level', c.level_id, c.reservation_id, c.part,
      'level ' || c.level_id, 'level ' || coalesce(c.kept_at || '', 'none')
    from compared c
    where c.allocated and c.kept_at is distinct from c.level_id
      and (c.held <> 0 or c.committed <> 0)
    union all
    select 'allocation_differs_from_ledger', c.level_id, c.reservation_id,
      c.part || ': ' || n.name, n.moved || '', coalesce(n.kept || '', 'null')
    from compared c
    cross join lateral (values
      ('held', c.held, c.kept_held, true), ('committed', c.committed, c.kept_committed, true),
      ('fulfilled', c.fulfilled, c.kept_fulfilled, not c.merged),
      ('returned', c.returned, c.kept_returned, not c.merged),
      ('released', c.released, c.kept_released, not c.merged)
    ) as n (name, moved, kept, comparable)
    where c.allocated and c.kept_at = c.level_id and n.comparable
      and n.moved is distinct from n.kept
  ), open as (
    select r.level_id, r.reservation_id, 1 as line_no, 0 as part_no, r.held, r.committed
    from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.level_id > p_after and r.level_id <= p_until
      and (r.held > 0 or r.committed > 0)
    union all
    select a.level_id, a.reservation_id, a.line_no, a.part_no, a.held, a.committed
    from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.level_id > p_after and a.level_id <= p_until
      and (a.held > 0 or a.committed > 0)
  )
  select f.* from faults f
  union all
  select 'allocation_without_movement', o.level_id, o.reservation_id,
    format('line %s, part %s', o.line_no, o.part_no), 'movements that explain it', null
  from open o
  where not exists (
    select from moved m where m.level_id = o.level_id and m.reservation_id = o.reservation_id
      and m.line_no = o.line_no and m.part_no = o.part_no
  )
  union all
  select 'counter_differs_from_allocations', l.level_id, null, n.name,
    n.promised || ' in allocations', n.counted || ''
  from holdfast.levels l
  left join (
    select o.level_id, sum(o.held) as held, sum(o.committed) as committed
    from open o group by o.level_id
  ) as s on s.level_id = l.level_id
  cross join lateral (values ('held', l.held, coalesce(s.held, 0)),
    ('committed', l.committed, coalesce(s.committed, 0))) as n (name, counted, promised)
  where l.tenant_id = p_tenant_id and l.level_id > p_after and l.level_id <= p_until
    and n.counted <> n.promised
$$;
