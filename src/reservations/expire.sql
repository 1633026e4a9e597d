-- Frees holds whose time is over at one locked level, the longest overdue first, until enough units
-- are free. Each allocation is freed once, by whoever comes first: only its level's lock is needed.
-- p_level_id int (null: allocations of untracked SKUs), p_units bigint: how many are wanted,
-- p_now timestamptz: read after the lock. answer: units freed, those that waited included: as many
-- as sellable rises by.
-- locks: the allocations' rows, under the level that the caller holds.
create or replace function holdfast_engine_N.free_overdue(
  p_tenant_id int, p_level_id int, p_units bigint, p_now timestamptz
) returns bigint
language plpgsql volatile as $$
declare
  v_freed bigint := 0;
  v_found boolean;
  v_hold record;
begin
  loop
    v_found := false;
    for v_hold in
      (
        select r.expires_at, r.reservation_id, true as inline, 1 as line_no, 0 as part_no, r.held,
          r.held_backordered as waiting
        from holdfast.reservations r
        where r.tenant_id = p_tenant_id and r.level_id = p_level_id
          and r.held > 0 and r.expires_at <= p_now
        order by r.expires_at limit 100
      )
      union all
      (
        select a.expires_at, a.reservation_id, false, a.line_no, a.part_no, a.held,
          a.held_backordered
        from holdfast.allocations a
        where a.tenant_id = p_tenant_id and a.level_id = p_level_id
          and a.held > 0 and a.expires_at <= p_now
        order by a.expires_at limit 100
      )
      order by 1, 2, 4, 5
    loop
      exit when v_freed >= p_units;
      v_found := true;
      perform holdfast_engine_N.expire_allocation(
        p_tenant_id, v_hold.reservation_id, v_hold.inline, v_hold.line_no, v_hold.part_no,
        p_level_id, v_hold.held, p_waiting => v_hold.waiting
      );
      v_freed := v_freed + v_hold.held + v_hold.waiting;
    end loop;
    exit when not v_found or v_freed >= p_units;
  end loop;
  if v_freed < p_units and p_level_id is not null then
    v_freed := v_freed + holdfast_engine_N.free_overdue_places(
      p_tenant_id, p_level_id, p_units - v_freed, p_now);
  end if;
  return v_freed;
end $$;

-- Ends the held part of one allocation: held → expired, with its movement.
-- p_units bigint: what it holds, p_waiting bigint: what waits in its hold. answer: nothing.
-- A late commit may take expired units again.
-- locks: the allocation's row, under the level that the caller holds.
create or replace function holdfast_engine_N.expire_allocation(
  p_tenant_id int, p_reservation_id uuid, p_inline boolean, p_line_no int, p_part_no int,
  p_level_id int, p_units bigint, p_sku_id int default null, p_location_id int default null,
  p_waiting bigint default 0
) returns void
language plpgsql volatile as $$
declare
  v_level holdfast.levels;
begin
  perform holdfast_engine_N.change_allocation(
    p_tenant_id, p_reservation_id, p_inline, p_line_no, p_part_no,
    p_held => -p_units, p_expired => p_units + p_waiting, p_held_backordered => -p_waiting
  );
  v_level := holdfast_engine_N.record_movement(
    p_tenant_id, 6, p_level_id, p_held => -p_units, p_reservation_id => p_reservation_id,
    p_line_no => p_line_no, p_part_no => p_part_no,
    p_sku_id => p_sku_id, p_location_id => p_location_id, p_held_backordered => -p_waiting
  );
  if p_waiting > 0 then
    perform holdfast_engine_N.change_place(p_tenant_id, v_level, p_reservation_id, p_line_no,
      p_part_no, 6, 0, -p_waiting);
  end if;
end $$;

-- The sweeper's step. Holds end by themselves (a decision that needs the units frees them); this
-- only tidies up, so it takes levels that nobody works on and leaves the others for the next round.
-- p_request: {"limit": holds freed at the most, 1000; "after": from the step before}. answer:
-- {"ok", "expired", "more", "after": where the next step goes on}, so that a round reads the index
-- of open holds once, however many steps it has and however many holds have ended long ago. Last
-- come the queues that a call could not serve whole, and promises that have fallen due.
-- locks: the levels with something overdue, by id, skipping what is locked; then as free_overdue.
create or replace function holdfast_engine_N.expire(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_limit int := coalesce((p_request ->> 'limit')::int, 1000);
  v_now timestamptz := holdfast.clock();
  v_after int := coalesce((p_request ->> 'after')::int, 0);
  v_due record;
  v_level_id int;
  v_hold record;
  v_expired bigint := 0;
  v_served int := 0;
begin
  select * into v_due from holdfast_engine_N.levels_due(p_tenant_id, v_after, v_limit, v_now);
  foreach v_level_id in array v_due.level_ids loop
    perform 1 from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = v_level_id
    for no key update skip locked;
    if found then
      v_expired := v_expired
        + holdfast_engine_N.free_overdue(p_tenant_id, v_level_id, v_limit - v_expired, v_now);
      perform holdfast_engine_N.settle_queue(p_tenant_id, v_level_id, 500);
    end if;
    if v_expired >= v_limit then -- something may be left at this level: the next step looks again
      return jsonb_build_object('ok', true, 'expired', v_expired, 'more', true,
        'after', v_level_id - 1);
    end if;
  end loop;
  if v_due.until is not null then
    return jsonb_build_object('ok', true, 'expired', v_expired, 'more', true, 'after', v_due.until);
  end if;

  for v_hold in
    select * from holdfast_engine_N.untracked_due(p_tenant_id, v_limit - v_expired, v_now)
  loop
    perform holdfast_engine_N.expire_allocation(
      p_tenant_id, v_hold.reservation_id, v_hold.inline, v_hold.line_no, v_hold.part_no, null,
      v_hold.held, v_hold.sku_id, v_hold.location_id
    );
    v_expired := v_expired + 1;
  end loop;
  if v_expired < v_limit then
    v_served := holdfast_engine_N.tidy_queues(p_tenant_id, 500);
    v_served := greatest(v_served, holdfast_engine_N.tidy_promises(p_tenant_id, 500));
  end if;
  return jsonb_build_object('ok', true, 'expired', v_expired,
    'more', v_expired >= v_limit or v_served >= 500,
    'after', case when v_expired >= v_limit or v_served >= 500 then 2147483647 end);
end $$;

-- Overdue holds of untracked SKUs, which have no level: lines of a reservation's own row, and of
-- carts with several lines.
-- p_limit bigint: how many at the most, p_now timestamptz. answer: the holds.
-- In the order of the indexes of open holds. By id, a tenant with five million reservations was
-- read whole in each round, as the planner took those with several lines for open ones: 23 s.
-- locks: their reservations, by id, skipping what is locked.
create or replace function holdfast_engine_N.untracked_due(
  p_tenant_id int, p_limit bigint, p_now timestamptz
) returns table (reservation_id uuid, inline boolean, line_no int, part_no int, held bigint,
  sku_id int, location_id int)
language plpgsql volatile
set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off set random_page_cost = 0.1
as $$
declare
  v_ids uuid[] := array(
    select r.reservation_id from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.level_id is null and r.held > 0
      and r.expires_at <= p_now
    order by r.tenant_id, r.level_id, r.expires_at limit p_limit
  ) || array(
    select a.reservation_id from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.level_id is null and a.held > 0
      and a.expires_at <= p_now
    order by a.tenant_id, a.level_id, a.expires_at limit p_limit
  );
begin
  v_ids := array(
    select r.reservation_id from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id = any (v_ids)
    order by r.reservation_id
    for no key update skip locked
  );
  return query
  select h.* from (
    select r.reservation_id, true, 1, 0, r.held, r.sku_id, r.location_id
    from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id = any (v_ids)
      and r.level_id is null and r.held > 0 and r.expires_at <= p_now
    union all
    select a.reservation_id, false, a.line_no::int, a.part_no::int, a.held, a.sku_id, a.location_id
    from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.reservation_id = any (v_ids)
      and a.level_id is null and a.held > 0 and a.expires_at <= p_now
  ) as h
  limit p_limit;
end $$;

-- The next levels that have something overdue.
-- p_after int: level ids above; p_limit int: overdue holds to look at, p_now timestamptz.
-- answer: level_ids, sorted; until: all levels up to this one were looked at, null: all there are.
-- All reads walk an index of open holds in the order of levels, and stop at the limit. Asked of
-- the levels instead, each step read all levels of the tenant.
-- locks: none.
create or replace function holdfast_engine_N.levels_due(
  p_tenant_id int, p_after int, p_limit int, p_now timestamptz, out level_ids int[], out until int
)
language plpgsql volatile
set enable_sort = off set enable_bitmapscan = off set random_page_cost = 0.1
as $$
declare
  v_inline int[];
  v_others int[];
  v_places int[];
begin
  v_inline := array(
    select r.level_id from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.level_id > p_after
      and r.held > 0 and r.expires_at <= p_now
    order by r.tenant_id, r.level_id, r.expires_at limit p_limit
  );
  v_others := array(
    select a.level_id from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.level_id > p_after
      and a.held > 0 and a.expires_at <= p_now
    order by a.tenant_id, a.level_id, a.expires_at limit p_limit
  );
  v_places := array(
    select b.level_id from holdfast.backorders b
    where b.tenant_id = p_tenant_id and b.level_id > p_after
      and b.held_backordered > 0 and b.expires_at <= p_now
    order by b.tenant_id, b.level_id, b.expires_at limit p_limit
  );
  until := least(
    case when cardinality(v_inline) = p_limit then v_inline[p_limit] end,
    case when cardinality(v_others) = p_limit then v_others[p_limit] end,
    case when cardinality(v_places) = p_limit then v_places[p_limit] end
  );
  level_ids := array(
    select distinct u.level_id from unnest(v_inline || v_others || v_places) as u (level_id)
    where u.level_id <= coalesce(until, 2147483647) order by 1
  );
end $$;
