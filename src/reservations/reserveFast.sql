-- The fast path of reserve: many carts that all fit, in a few set-based statements. The hot row is
-- locked for the shortest time: reservations are inserted before one guarded UPDATE of the levels
-- with the sums (1.3 × against UPDATE first). Where one cart does not fit, the whole call ends with
-- HF001, and the caller runs the careful path, which decides one by one.
-- p_catalog_version: the codes were resolved at it; answer null when the catalog has moved on.
-- p_levels (sorted), p_units, p_movements: per level; p_ids … p_quantity: per cart, level and
-- quantity null unless it has one line; p_line_…: per line in arrival order: the places of its cart
-- and of its level, the prefix sums of units and movements there; p_keys, p_requests, p_kept: of
-- the carts that have a key, see claim_new.
-- answer: the levels' versions before, and the instant of the decision.
-- locks: the keys, the new reservations, then the levels by id.
create or replace function holdfast_engine_N.reserve_fast(
  p_tenant_id int, p_catalog_version bigint, p_lock_timeout text,
  p_levels int[], p_units bigint[], p_movements int[],
  p_ids uuid[], p_lines int[], p_seconds int[], p_buyers text[], p_actors int[], p_level_of int[],
  p_quantity bigint[],
  p_line_carts int[], p_line_numbers int[], p_line_levels int[], p_line_units bigint[],
  p_line_sums bigint[], p_line_versions int[],
  p_keys text[], p_requests jsonb, p_kept jsonb,
  out versions bigint[], out decided_at timestamptz
)
language plpgsql volatile
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_on_hand bigint[];
  v_held bigint[];
  v_committed bigint[];
  v_damaged bigint[];
  v_quality_control bigint[];
  v_set_aside bigint[];
  v_changed_at timestamptz[];
begin
  perform holdfast_engine_N.open_call(p_tenant_id);
  perform set_config('lock_timeout', p_lock_timeout, true);
  if p_catalog_version <> (
    select t.catalog_version from holdfast.tenants t where t.tenant_id = p_tenant_id
  ) then
    return;
  end if;
  decided_at := date_trunc('milliseconds', holdfast.clock());
  if cardinality(p_keys) > 0 then
    perform holdfast_engine_N.claim_new(
      p_tenant_id, 'reserve', p_keys, p_requests, p_kept, decided_at);
  end if;

  insert into holdfast.reservations (
    tenant_id, level_id, reservation_id, created_at, expires_at, quantity, held, committed,
    backordered, held_backordered, fulfilled, released, expired, returned, lines, buyer
  )
  select p_tenant_id, c.level_id, c.id, decided_at, decided_at + make_interval(secs => c.seconds),
    c.quantity, c.quantity, z.zero, z.zero, z.zero, z.zero, z.zero, z.zero, z.zero, c.lines, c.buyer
  from unnest(p_ids, p_lines, p_seconds, p_buyers, p_level_of, p_quantity)
    as c (id, lines, seconds, buyer, level_id, quantity)
  cross join lateral (select case when c.quantity is not null then 0 end as zero) as z;

  if cardinality(p_ids) < cardinality(p_line_carts) then
    insert into holdfast.allocations (
      tenant_id, reservation_id, line_no, part_no, level_id, expires_at, quantity, held
    )
    select p_tenant_id, p_ids[l.cart], l.line_no, 0, p_levels[l.level_index],
      decided_at + make_interval(secs => p_seconds[l.cart]), l.units, l.units
    from unnest(p_line_carts, p_line_numbers, p_line_levels, p_line_units)
      as l (cart, line_no, level_index, units)
    where p_lines[l.cart] > 1;
    -- Levels are locked in id order before the batched update, whose own order depends on the plan.
    perform 1 from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = any (p_levels)
    order by l.level_id
    for no key update;
  elsif cardinality(p_levels) > 1 then
    perform 1 from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = any (p_levels)
    order by l.level_id
    for no key update;
  end if;

  with updated as (
    update holdfast.levels l set
      held = l.held + w.units, version = l.version + w.movements,
      changed_at = greatest(l.changed_at, decided_at, holdfast.clock())
    from unnest(p_levels, p_units, p_movements) with ordinality
      as w (level_id, units, movements, ordinal)
    where l.tenant_id = p_tenant_id and l.level_id = w.level_id
      and l.on_hand - l.held - l.committed - l.damaged - l.quality_control - l.set_aside
        - l.safety_stock - l.buffered - l.waiting >= w.units
      and l.backordered + l.held_backordered = 0
    returning w.ordinal, l.held - w.units as held, l.version - w.movements as version, l.changed_at,
      l.on_hand, l.committed, l.damaged, l.quality_control, l.set_aside
  )
  select array_agg(u.version), array_agg(u.held), array_agg(u.changed_at), array_agg(u.on_hand),
    array_agg(u.committed), array_agg(u.damaged), array_agg(u.quality_control),
    array_agg(u.set_aside)
  into versions, v_held, v_changed_at, v_on_hand, v_committed, v_damaged, v_quality_control,
    v_set_aside
  from (select * from updated order by ordinal) as u;
  if cardinality(versions) is distinct from cardinality(p_levels) then
    raise exception 'one of the carts does not fit' using errcode = 'HF001';
  end if;

  insert into holdfast.inventory_transactions (
    tenant_id, level_id, version, recorded_at, held_change, on_hand, held, committed, damaged,
    quality_control, set_aside, reservation_id, actor_id, kind, line_no, part_no
  )
  select p_tenant_id, p_levels[l.i], versions[l.i] + l.version, v_changed_at[l.i], l.units,
    v_on_hand[l.i], v_held[l.i] + l.sum, v_committed[l.i], nullif(v_damaged[l.i], 0),
    nullif(v_quality_control[l.i], 0), nullif(v_set_aside[l.i], 0), p_ids[l.cart],
    p_actors[l.cart], 1, l.line_no, 0
  from unnest(p_line_carts, p_line_numbers, p_line_levels, p_line_units, p_line_sums,
    p_line_versions) as l (cart, line_no, i, units, sum, version);
end $$;
