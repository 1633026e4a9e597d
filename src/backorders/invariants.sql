-- The invariants of queues and pegs, run by verify: see src/ledger/invariants.sql.

-- Faults of queues at a range of levels: each allocation that waits has its place, with as many
-- units as wait, and the places of a level add up to its counters.
-- p_after int, p_until int: level ids, the first not included. rows: one a fault.
-- Allocations are compared with the ledger elsewhere, so what waits without a place is found there.
-- A peg counts on what its supply and all before it bring, and on what lies there for the queue;
-- where promises are still to be looked at again, it may be an old one.
-- locks: none.
create or replace function holdfast_engine_N.queue_faults(
  p_tenant_id int, p_after int, p_until int
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with places as (
    select b.*, coalesce(a.level_id, r.level_id) as at_level,
      coalesce(a.backordered, r.backordered) as allocated,
      coalesce(a.held_backordered, r.held_backordered) as held_allocated
    from holdfast.backorders b
    left join holdfast.reservations r on r.tenant_id = p_tenant_id
      and r.reservation_id = b.reservation_id and r.quantity is not null
      and b.line_no = 1 and b.part_no = 0
    left join holdfast.allocations a on a.tenant_id = p_tenant_id
      and a.reservation_id = b.reservation_id and a.line_no = b.line_no and a.part_no = b.part_no
    where b.tenant_id = p_tenant_id and b.level_id > p_after and b.level_id <= p_until
  ), line as (
    select p.level_id, p.reservation_id, p.line_no, p.part_no,
      sum(p.backordered + p.held_backordered) over (partition by p.level_id
        order by p.priority desc, p.queue_no rows unbounded preceding) as asked
    from places p
  ), expected as (
    select s.level_id, s.supply_id, sum(s.quantity - s.received) over (partition by s.level_id
      order by s.expected_to, s.supply_id rows unbounded preceding) as units
    from holdfast.supply s
    where s.tenant_id = p_tenant_id and s.level_id > p_after and s.level_id <= p_until
      and s.state = 'open'
  )
  select 'place_differs_from_allocation', p.level_id, p.reservation_id,
    format('line %s, part %s: %s', p.line_no, p.part_no, n.name),
    coalesce(n.allocated || '', 'none'), n.units || ''
  from places p
  cross join lateral (values ('backordered', p.backordered, p.allocated),
    ('held_backordered', p.held_backordered, p.held_allocated)) as n (name, units, allocated)
  where n.units is distinct from n.allocated or p.at_level is distinct from p.level_id
  union all
  select 'place_without_promise', p.level_id, p.reservation_id,
    format('line %s, part %s', p.line_no, p.part_no), 'a promise', null
  from places p
  where not exists (
    select from holdfast.promises o where o.tenant_id = p_tenant_id and o.ended_at is null
      and o.reservation_id = p.reservation_id and o.line_no = p.line_no and o.part_no = p.part_no)
  union all
  select 'peg_without_units', n.level_id, n.reservation_id,
    format('line %s, part %s', n.line_no, n.part_no), 'units for ' || n.asked,
    coalesce(e.units, 0) + u.free || ''
  from line n
  join holdfast.promises o on o.tenant_id = p_tenant_id and o.reservation_id = n.reservation_id
    and o.line_no = n.line_no and o.part_no = n.part_no and o.ended_at is null
  join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = n.level_id
  cross join lateral (select greatest(0, l.on_hand - l.held - l.committed - l.damaged
    - l.quality_control - l.set_aside) as free) as u
  left join expected e on e.level_id = n.level_id and e.supply_id = o.supply_id
  where o.supply_id is not null and n.asked > coalesce(e.units, 0) + u.free
    and not exists (select from holdfast.promises_due d
      where d.tenant_id = p_tenant_id and d.level_id = n.level_id)
  union all
  select 'counter_differs_from_queue', l.level_id, null, n.name, n.units || ' in the queue',
    n.counted || ''
  from holdfast.levels l
  left join (
    select p.level_id, sum(p.backordered) as backordered,
      sum(p.held_backordered) as held_backordered
    from places p group by p.level_id
  ) as s on s.level_id = l.level_id
  cross join lateral (values ('backordered', l.backordered, coalesce(s.backordered, 0)),
    ('held_backordered', l.held_backordered, coalesce(s.held_backordered, 0)))
    as n (name, counted, units)
  where l.tenant_id = p_tenant_id and l.level_id > p_after and l.level_id <= p_until
    and n.counted <> n.units
$$;
