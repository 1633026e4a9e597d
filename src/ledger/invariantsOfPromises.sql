-- The invariants of promises: allocations against levels and ledger, their lives, reservations.

-- Faults between the movements of a range of levels and the allocations that they changed: for each
-- allocation the changes of held and committed add up to what it has, and so do its outcomes.
-- p_after int, p_until int: level ids, the first not included. rows: one a fault. One that
-- followed a merge is compared at its new level, and only by what is open; so is one that a repair
-- corrected, and one that was closed before the ledger begins: only open ones have a checkpoint.
-- locks: none.
create or replace function holdfast_engine_N.promise_faults(
  p_tenant_id int, p_after int, p_until int
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with changes as (
    select t.level_id, t.reservation_id, coalesce(t.line_no, 0) as line_no,
      coalesce(t.part_no, 0) as part_no,
      coalesce(sum(t.held_change), 0) as held, coalesce(sum(t.committed_change), 0) as committed,
      coalesce(sum(t.backordered_change), 0) as backordered,
      coalesce(sum(t.held_backordered_change), 0) as held_backordered,
      coalesce(-sum(t.committed_change) filter (where t.kind = 4), 0) as fulfilled,
      coalesce(sum(t.on_hand_change) filter (where t.kind = 7), 0) as returned,
      coalesce(-sum(c.units) filter (where t.kind = 5 or (t.kind = 2 and c.units < 0)), 0)
        as released,
      false as opening, bool_or(t.kind = 15) as corrected
    from holdfast.inventory_transactions t
    cross join lateral holdfast_engine_N.promised_by(t) as c (units)
    where t.tenant_id = p_tenant_id and t.level_id > p_after and t.level_id <= p_until
    group by t.level_id, t.reservation_id, coalesce(t.line_no, 0), coalesce(t.part_no, 0)
    union all
    select k.level_id, k.reservation_id, k.line_no, k.part_no, k.held, k.committed, k.backordered,
      k.held_backordered, k.fulfilled, k.returned, k.released, true, false
    from holdfast.promise_checkpoints k
    where k.tenant_id = p_tenant_id and k.level_id > p_after and k.level_id <= p_until
  ), grouped as materialized (
    select c.level_id, c.reservation_id, c.line_no, c.part_no, sum(c.held) as held,
      sum(c.committed) as committed, sum(c.backordered) as backordered,
      sum(c.held_backordered) as held_backordered, sum(c.fulfilled) as fulfilled,
      sum(c.returned) as returned, sum(c.released) as released, bool_or(c.opening) as opening,
      bool_or(c.corrected) as corrected
    from changes c
    group by c.level_id, c.reservation_id, c.line_no, c.part_no
  ), moved as (
    -- Asked for below, this would be found by the index of reservations: all of them, every slice.
    select * from grouped g where g.reservation_id is not null
  ), compared as (
    select m.*, format('line %s, part %s', m.line_no, m.part_no) as part,
      r.reservation_id is not null as reserved, k.level_id as kept_at,
      k.held as kept_held, k.committed as kept_committed, k.backordered as kept_backordered,
      k.held_backordered as kept_held_backordered, k.fulfilled as kept_fulfilled,
      k.returned as kept_returned, k.released as kept_released, k.allocated,
      m.corrected or exists (
        select from holdfast.levels l
        join holdfast.skus s on s.tenant_id = p_tenant_id and s.merged_into = l.sku_id
        where l.tenant_id = p_tenant_id and l.level_id = m.level_id
      ) or (not m.opening
        and r.created_at < (select holdfast_engine_N.ledger_begins(p_tenant_id)))
        as partly_known
    from moved m
    left join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = m.reservation_id
    left join holdfast.allocations a on a.tenant_id = p_tenant_id
      and a.reservation_id = m.reservation_id and a.line_no = m.line_no and a.part_no = m.part_no
    left join lateral (
      select true as allocated, r.level_id, r.held, r.committed, r.fulfilled, r.returned,
        r.released, r.backordered, r.held_backordered
      where r.quantity is not null and m.line_no = 1 and m.part_no = 0
      union all
      select true, a.level_id, a.held, a.committed, a.fulfilled, a.returned, a.released,
        a.backordered, a.held_backordered
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
      and (c.held <> 0 or c.committed <> 0 or c.backordered <> 0 or c.held_backordered <> 0)
    union all
    select 'allocation_differs_from_ledger', c.level_id, c.reservation_id,
      c.part || ': ' || n.name, n.moved || '', coalesce(n.kept || '', 'null')
    from compared c
    cross join lateral (values
      ('held', c.held, c.kept_held, true), ('committed', c.committed, c.kept_committed, true),
      ('backordered', c.backordered, c.kept_backordered, true),
      ('held_backordered', c.held_backordered, c.kept_held_backordered, true),
      ('fulfilled', c.fulfilled, c.kept_fulfilled, c.partly_known is not true),
      ('returned', c.returned, c.kept_returned, c.partly_known is not true),
      ('released', c.released, c.kept_released, c.partly_known is not true)
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

-- What a movement changes of all that is promised, held or committed, there or awaited.
-- p_movement: a row of the ledger. rows: one, units; negative for what was given back or shipped.
-- locks: none.
create or replace function holdfast_engine_N.promised_by(
  p_movement holdfast.inventory_transactions
) returns table (units bigint)
language sql immutable rows 1 as $$
  select coalesce(p_movement.held_change, 0) + coalesce(p_movement.committed_change, 0)
    + coalesce(p_movement.backordered_change, 0) + coalesce(p_movement.held_backordered_change, 0)
$$;

-- Faults in the life of each allocation at a range of levels, movement by movement: what is held or
-- committed ends once, and a commit takes no more than what was held or had expired.
-- p_after int, p_until int: level ids, the first not included. rows: one a fault, its first.
-- At a level that another was merged into, units may have expired elsewhere.
-- locks: none.
create or replace function holdfast_engine_N.life_faults(
  p_tenant_id int, p_after int, p_until int
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with steps as (
    select t.level_id, t.version, t.reservation_id, t.line_no, t.part_no,
      sum(coalesce(t.held_change, 0)) over life as held,
      sum(coalesce(t.committed_change, 0)) over life as committed,
      sum(coalesce(t.backordered_change, 0)) over life as backordered,
      sum(coalesce(t.held_backordered_change, 0)) over life as held_backordered,
      sum(case when t.kind in (3, 6) then -t.units
        when t.kind = 15 then greatest(0, -t.units) -- what a repair has found missing may have
        else t.expired end) over life as expired
    from (
      select t.level_id, t.version, t.reservation_id, t.line_no, t.part_no, t.kind, t.held_change,
        t.committed_change, t.backordered_change, t.held_backordered_change, c.units, 0 as expired
      from holdfast.inventory_transactions t
      cross join lateral holdfast_engine_N.promised_by(t) as c (units)
      where t.tenant_id = p_tenant_id and t.level_id > p_after and t.level_id <= p_until
        and t.reservation_id is not null
      union all -- what was open when months were archived
      select k.level_id, 0, k.reservation_id, k.line_no, k.part_no, null, k.held, k.committed,
        k.backordered, k.held_backordered, 0, k.expired
      from holdfast.promise_checkpoints k
      where k.tenant_id = p_tenant_id and k.level_id > p_after and k.level_id <= p_until
    ) as t
    window life as (
      partition by t.level_id, t.reservation_id, t.line_no, t.part_no
      order by t.version rows unbounded preceding
    )
  ), first_faults as (
    select distinct on (s.level_id, s.reservation_id, s.line_no, s.part_no) s.*
    from steps s
    where least(s.held, s.committed, s.backordered, s.held_backordered, s.expired) < 0
    order by s.level_id, s.reservation_id, s.line_no, s.part_no, s.version
  )
  select case when least(f.held, f.committed, f.backordered, f.held_backordered) < 0
      then 'promise_ended_twice'
      else 'commit_without_hold' end,
    f.level_id, f.reservation_id,
    format('version %s: line %s, part %s', f.version, f.line_no, f.part_no),
    case when least(f.held, f.committed, f.backordered, f.held_backordered) < 0
      then 'not more than was promised'
      else 'not more than was held or had expired' end,
    -least(f.held, f.committed, f.backordered, f.held_backordered, f.expired) || ' too many'
  from first_faults f
  where least(f.held, f.committed, f.backordered, f.held_backordered) < 0 or not exists (
    select from holdfast.levels l
    join holdfast.skus s on s.tenant_id = p_tenant_id and s.merged_into = l.sku_id
    where l.tenant_id = p_tenant_id and l.level_id = f.level_id
  ) and not exists ( -- closed before the ledger begins: what had expired is told in a file
    select from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id = f.reservation_id
      and r.created_at < (select holdfast_engine_N.ledger_begins(p_tenant_id))
  )
$$;

-- Faults in a range of reservations: sums of their allocations, one form each, nothing orphaned.
-- p_after uuid: an id, not included; p_until uuid. rows: one a fault.
-- A closed allocation must have left a movement; an open one is checked with its level. Headers are
-- joined by their key: of the slice's own rows each would be compared with each.
-- locks: none.
create or replace function holdfast_engine_N.reservation_faults(
  p_tenant_id int, p_after uuid, p_until uuid
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with headers as materialized (
    select r.* from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id > p_after
      and r.reservation_id <= p_until
  ), parts as materialized (
    select r.reservation_id, 1 as line_no, 0 as part_no, r.level_id, r.sku_id, r.expires_at,
      r.quantity, r.held, r.committed, r.backordered, r.held_backordered, r.fulfilled, r.released,
      r.expired, r.returned, true as inline
    from headers r where r.quantity is not null
    union all
    select a.reservation_id, a.line_no, a.part_no, a.level_id, a.sku_id, a.expires_at, a.quantity,
      a.held, a.committed, a.backordered, a.held_backordered, a.fulfilled, a.released, a.expired,
      a.returned, false
    from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.reservation_id > p_after
      and a.reservation_id <= p_until
  ), faults (code, level_id, reservation_id, what, expected, found) as (
    select 'reservation_in_both_forms', h.level_id, h.reservation_id, 'allocations',
      'in its own row or in their table', 'in both'
    from headers h
    where h.quantity is not null
      and exists (select from parts p where p.reservation_id = h.reservation_id and not p.inline)
    union all
    select 'reservation_without_allocations', null, h.reservation_id, 'allocations',
      'at least one', 'none'
    from headers h
    where h.quantity is null
      and not exists (select from parts p where p.reservation_id = h.reservation_id)
    union all
    select 'allocation_incomplete', h.level_id, h.reservation_id, 'the row''s own allocation',
      'all of its quantities, or none', null
    from headers h
    where num_nulls(h.quantity, h.held, h.committed, h.backordered, h.held_backordered,
      h.fulfilled, h.released, h.expired, h.returned) not in (0, 9)
    union all
    select 'allocation_without_reservation', p.level_id, p.reservation_id,
      format('line %s, part %s', p.line_no, p.part_no), 'a reservation', null
    from parts p
    where not p.inline
      and not exists (select from headers h where h.reservation_id = p.reservation_id)
    union all
    select 'allocation_without_level', p.level_id, p.reservation_id,
      format('line %s, part %s', p.line_no, p.part_no),
      case when p.level_id is null then 'a level or a SKU' else 'level ' || p.level_id end, null
    from parts p
    left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = p.level_id
    where l.level_id is null and (p.level_id is not null or p.sku_id is null)
    union all
    select 'allocation_does_not_add_up', p.level_id, p.reservation_id,
      format('line %s, part %s', p.line_no, p.part_no), p.quantity || '', s.units || ''
    from parts p
    cross join lateral (select p.held + p.committed + p.backordered + p.held_backordered
      + p.fulfilled + p.released + p.expired as units) as s
    where p.quantity <> s.units
    union all
    select 'allocation_negative', p.level_id, p.reservation_id,
      format('line %s, part %s', p.line_no, p.part_no), '0 or more',
      least(p.held, p.committed, p.backordered, p.held_backordered, p.fulfilled, p.released,
        p.expired, p.returned) || ''
    from parts p
    where least(p.held, p.committed, p.backordered, p.held_backordered, p.fulfilled, p.released,
      p.expired, p.returned) < 0
    union all
    select 'returned_more_than_fulfilled', p.level_id, p.reservation_id,
      format('line %s, part %s', p.line_no, p.part_no), p.fulfilled || ' at most',
      p.returned || ''
    from parts p where p.returned > p.fulfilled
    union all
    select 'expiry_differs', p.level_id, p.reservation_id,
      format('line %s, part %s', p.line_no, p.part_no), coalesce(h.expires_at || '', 'none'),
      coalesce(p.expires_at || '', 'none')
    from parts p
    join holdfast.reservations h
      on h.tenant_id = p_tenant_id and h.reservation_id = p.reservation_id
    where p.held + p.held_backordered > 0 and p.expires_at is distinct from h.expires_at
    union all
    select 'hold_without_end', p.level_id, p.reservation_id,
      format('line %s, part %s', p.line_no, p.part_no), 'an expiry, or an owner', null
    from parts p
    join holdfast.reservations h
      on h.tenant_id = p_tenant_id and h.reservation_id = p.reservation_id
    where p.held + p.held_backordered > 0 and h.expires_at is null and h.owner is null
    union all
    select 'allocation_without_movement', p.level_id, p.reservation_id,
      format('line %s, part %s', p.line_no, p.part_no), 'movements that explain it', null
    from parts p
    join holdfast.reservations h
      on h.tenant_id = p_tenant_id and h.reservation_id = p.reservation_id
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = p.level_id
    where p.held = 0 and p.committed = 0 and p.backordered = 0 and p.held_backordered = 0
      and p.quantity > 0
      -- What was closed before the ledger begins has its movements in a file.
      and h.created_at >= (
        select coalesce(holdfast_engine_N.ledger_begins(p_tenant_id), '-infinity'))
      and not exists (
        select from holdfast.inventory_transactions t
        where t.tenant_id = p_tenant_id and t.level_id = p.level_id
          and t.recorded_at >= h.created_at and t.reservation_id = p.reservation_id
      )
      and not exists ( -- at a level that was merged into this one
        select from holdfast.skus s
        join holdfast.levels o on o.tenant_id = p_tenant_id and o.sku_id = s.sku_id
          and o.location_id = l.location_id
        join holdfast.inventory_transactions t on t.tenant_id = p_tenant_id
          and t.level_id = o.level_id and t.recorded_at >= h.created_at
          and t.reservation_id = p.reservation_id
        where s.tenant_id = p_tenant_id and s.merged_into = l.sku_id
      )
  )
  select f.* from faults f
$$;
