-- Units of a level that its queue may have: what is free of promises and facts, less what policy
-- keeps back from sale. Those who wait are buyers too.
-- p_level holdfast.levels: locked. answer: units, negative in a shortage.
-- locks: none.
create or replace function holdfast_engine_N.free_for_queue(p_level holdfast.levels)
returns bigint
language sql immutable as $$
  select holdfast_engine_N.sellable(p_level) + p_level.backordered + p_level.held_backordered
$$;

-- Lets an allocation join the queue of its level, at the end of those of its priority.
-- p_level: after the movement that made its units wait; p_backordered, p_held_backordered: units;
-- p_whole boolean: it ships complete whatever the policy says. answer: nothing.
-- The level's version is its place: versions are the order of arrival.
-- locks: the new row, under its level.
create or replace function holdfast_engine_N.join_queue(
  p_tenant_id int, p_level holdfast.levels, p_reservation_id uuid, p_line_no int, p_part_no int,
  p_backordered bigint, p_held_backordered bigint, p_whole boolean
) returns void
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_reservation record;
  v_policy jsonb;
  v_priority int;
  v_jumps boolean; -- past somebody who waits already
begin
  select r.expires_at, r.channel_id, r.tier into v_reservation from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id;
  v_policy := holdfast_engine_N.policy_of(p_tenant_id, p_level.sku_id, p_level.location_id,
    v_reservation.channel_id, v_reservation.tier, v_now);
  v_priority := (v_policy ->> 'backorder_priority')::int;
  v_jumps := exists (
    select from holdfast.backorders b
    where b.tenant_id = p_tenant_id and b.level_id = p_level.level_id
      and b.priority < v_priority);
  insert into holdfast.backorders (
    tenant_id, level_id, queue_no, priority, reservation_id, line_no, part_no, backordered,
    held_backordered, expires_at, joined_at, mode, ship_complete, ahead
  )
  select p_tenant_id, p_level.level_id, p_level.version, v_priority, p_reservation_id, p_line_no,
    p_part_no, p_backordered, p_held_backordered,
    case when p_held_backordered > 0 then v_reservation.expires_at end, v_now,
    case v_policy ->> 'backorder_mode' when 'deny' then 'allow'
      else v_policy ->> 'backorder_mode' end,
    coalesce(p_whole, false) or (v_policy ->> 'ship_complete')::boolean,
    case when v_jumps then coalesce((
      select sum(b.backordered + b.held_backordered) from holdfast.backorders b
      where b.tenant_id = p_tenant_id and b.level_id = p_level.level_id
        and b.priority >= v_priority), 0)
    -- All who wait are before it: the level knows how many they are.
    else greatest(0, p_level.backordered + p_level.held_backordered - p_backordered
      - p_held_backordered) end;
  perform holdfast_engine_N.make_promise(p_tenant_id, p_level.level_id, p_level.version);
  if v_jumps then
    perform holdfast_engine_N.queue_moved(p_tenant_id, p_level.level_id);
  end if;
end $$;

-- Notes that places of a level's queue have moved, where supply is pegged to them.
-- p_level_id int: locked. answer: nothing.
-- Without supply no promise hangs on a place.
-- locks: the new row, under the level.
create or replace function holdfast_engine_N.queue_moved(p_tenant_id int, p_level_id int)
returns void
language plpgsql volatile as $$
begin
  if exists (
    select from holdfast.supply s
    where s.tenant_id = p_tenant_id and s.level_id = p_level_id and s.state = 'open')
  then
    perform holdfast_engine_N.promises_fall_due(p_tenant_id, array[p_level_id], 'queue');
  end if;
end $$;

-- Follows a change of an allocation's waiting units with its place in the queue.
-- p_level: after the movement; p_kind int: of it; p_backordered, p_held_backordered: the changes.
-- answer: nothing. Who waits no more leaves the queue; who waits anew joins it. Units that a late
-- commit lets wait again stand where others of their line wait still.
-- Room of units that were given back may be kept back for a while, as the policy says.
-- locks: the row, under its level.
create or replace function holdfast_engine_N.change_place(
  p_tenant_id int, p_level holdfast.levels, p_reservation_id uuid, p_line_no int, p_part_no int,
  p_kind int, p_backordered bigint, p_held_backordered bigint
) returns void
language plpgsql volatile as $$
declare
  v_place holdfast.backorders;
begin
  select b.* into v_place from holdfast.backorders b
  where b.tenant_id = p_tenant_id and b.reservation_id = p_reservation_id
    and b.line_no = p_line_no and b.part_no = p_part_no;
  if not found then
    perform holdfast_engine_N.join_queue(p_tenant_id, p_level, p_reservation_id, p_line_no,
      p_part_no, p_backordered, p_held_backordered, false);
    return;
  end if;
  v_place.backordered := v_place.backordered + p_backordered;
  v_place.held_backordered := v_place.held_backordered + p_held_backordered;
  if v_place.backordered + v_place.held_backordered = 0 then
    delete from holdfast.backorders b
    where b.tenant_id = p_tenant_id and b.level_id = v_place.level_id
      and b.queue_no = v_place.queue_no;
    perform holdfast_engine_N.end_promise(
      p_tenant_id, p_reservation_id, p_line_no, p_part_no, p_kind);
  else
    update holdfast.backorders b set
      backordered = v_place.backordered, held_backordered = v_place.held_backordered,
      expires_at = case when v_place.held_backordered > 0 then b.expires_at end
    where b.tenant_id = p_tenant_id and b.level_id = v_place.level_id
      and b.queue_no = v_place.queue_no;
  end if;
  if p_kind in (2, 5, 6) or p_backordered + p_held_backordered > 0 then
    perform holdfast_engine_N.queue_moved(p_tenant_id, p_level.level_id);
  end if;
  if p_kind in (2, 5) and p_backordered < 0 then
    perform holdfast_engine_N.keep_room(
      p_tenant_id, p_level, p_reservation_id, -p_backordered);
  end if;
end $$;

-- Keeps the room of cancelled backorders back for the policy's release delay.
-- p_level: after the movement; p_units bigint. answer: nothing.
-- Units that exist are free at once; this is about units that do not exist yet.
-- locks: the new row, under its level.
create or replace function holdfast_engine_N.keep_room(
  p_tenant_id int, p_level holdfast.levels, p_reservation_id uuid, p_units bigint
) returns void
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_delay int;
begin
  delete from holdfast.backorder_releases k
  where k.tenant_id = p_tenant_id and k.level_id = p_level.level_id and k.free_at <= v_now;
  select (holdfast_engine_N.policy_of(p_tenant_id, p_level.sku_id, p_level.location_id,
    r.channel_id, r.tier, v_now) ->> 'release_delay_seconds')::int
  into v_delay
  from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id;
  if v_delay > 0 then
    insert into holdfast.backorder_releases (tenant_id, level_id, version, units, free_at)
    values (p_tenant_id, p_level.level_id, p_level.version, p_units,
      v_now + make_interval(secs => v_delay));
  end if;
end $$;

-- Ends the holds in a queue whose time is over, the longest overdue first.
-- p_units bigint: how many are wanted. answer: units that wait no more, and those freed with them.
-- Those whose cart holds units too were ended before; see free_overdue.
-- locks: the allocations' rows, under the level that the caller holds.
create or replace function holdfast_engine_N.free_overdue_places(
  p_tenant_id int, p_level_id int, p_units bigint, p_now timestamptz
) returns bigint
language plpgsql volatile as $$
declare
  v_freed bigint := 0;
  v_place record;
begin
  for v_place in
    select b.reservation_id, a.inline, a.line_no, a.part_no, a.held, a.held_backordered
    from holdfast.backorders b
    cross join lateral holdfast_engine_N.allocations_of(p_tenant_id, b.reservation_id) as a
    where b.tenant_id = p_tenant_id and b.level_id = p_level_id and b.held_backordered > 0
      and b.expires_at <= p_now and a.line_no = b.line_no and a.part_no = b.part_no
    order by b.expires_at, b.queue_no
  loop
    exit when v_freed >= p_units;
    perform holdfast_engine_N.expire_allocation(p_tenant_id, v_place.reservation_id,
      v_place.inline, v_place.line_no, v_place.part_no, p_level_id, v_place.held,
      p_waiting => v_place.held_backordered);
    v_freed := v_freed + v_place.held + v_place.held_backordered;
  end loop;
  return v_freed;
end $$;
