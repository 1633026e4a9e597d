-- Gives a level's free units to those who wait, in their order: a higher priority first, then first
-- come, first served; then fills the buffers of channels. An order's units come before those of its
-- cart. A cart whose time is over gets nothing.
-- p_level_id int: locked; p_limit int: allocations to serve at the most, the rest is left to the
-- sweeper. answer: [{reservation_id, order_reference, line, part, quantity}], each a movement.
-- locks: the allocations' rows and places, under the level.
create or replace function holdfast_engine_N.settle_queue(
  p_tenant_id int, p_level_id int, p_limit int
) returns jsonb
language plpgsql volatile as $$
declare
  v_level holdfast.levels;
  v_place record;
  v_part record;
  v_free bigint;
  v_committed bigint;
  v_held bigint;
  v_served jsonb := '[]';
begin
  select l.* into v_level from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  v_free := holdfast_engine_N.free_for_queue(v_level);
  if v_free <= 0 or v_level.backordered + v_level.held_backordered = 0 then
    perform holdfast_engine_N.fill_buffers(p_tenant_id, p_level_id);
    return v_served;
  end if;
  for v_place in
    select b.reservation_id, b.line_no, b.part_no, b.backordered, b.held_backordered, b.expires_at,
      r.order_reference
    from holdfast.backorders b
    join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = b.reservation_id
    where b.tenant_id = p_tenant_id and b.level_id = p_level_id
    order by b.priority desc, b.queue_no
    limit p_limit
  loop
    exit when v_free <= 0;
    select a.inline, a.held into v_part
    from holdfast_engine_N.allocations_of(p_tenant_id, v_place.reservation_id) as a
    where a.line_no = v_place.line_no and a.part_no = v_place.part_no;
    if v_place.held_backordered > 0 and v_place.expires_at <= holdfast.clock() then
      perform holdfast_engine_N.expire_allocation(p_tenant_id, v_place.reservation_id,
        v_part.inline, v_place.line_no, v_place.part_no, p_level_id, v_part.held,
        p_waiting => v_place.held_backordered);
      v_free := v_free + v_part.held;
      v_place.held_backordered := 0;
    end if;
    v_committed := least(v_place.backordered, v_free);
    v_held := least(v_place.held_backordered, v_free - v_committed);
    continue when v_committed + v_held = 0;
    perform holdfast_engine_N.serve_place(p_tenant_id, p_level_id, v_place.reservation_id,
      v_part.inline, v_place.line_no, v_place.part_no, v_committed, v_held);
    v_free := v_free - v_committed - v_held;
    v_served := v_served || jsonb_build_object('reservation_id', v_place.reservation_id,
      'order_reference', v_place.order_reference, 'line', v_place.line_no,
      'part', v_place.part_no, 'quantity', v_committed + v_held);
  end loop;
  perform holdfast_engine_N.fill_buffers(p_tenant_id, p_level_id);
  perform holdfast_engine_N.queue_due(p_tenant_id, array[p_level_id]);
  perform holdfast_engine_N.queue_moved(p_tenant_id, p_level_id);
  return v_served;
end $$;

-- Gives one allocation units that it waits for: backordered → committed, and those of a hold into
-- held. Writes the movement, and the event that tells of it.
-- p_committed, p_held bigint: units. answer: nothing.
-- locks: the allocation's row and its place, under the level.
create or replace function holdfast_engine_N.serve_place(
  p_tenant_id int, p_level_id int, p_reservation_id uuid, p_inline boolean, p_line_no int,
  p_part_no int, p_committed bigint, p_held bigint
) returns void
language plpgsql volatile as $$
declare
  v_level holdfast.levels;
begin
  perform holdfast_engine_N.change_allocation(p_tenant_id, p_reservation_id, p_inline, p_line_no,
    p_part_no, p_held => p_held, p_committed => p_committed, p_backordered => -p_committed,
    p_held_backordered => -p_held);
  v_level := holdfast_engine_N.record_movement(p_tenant_id, 16, p_level_id, p_held => p_held,
    p_committed => p_committed, p_reservation_id => p_reservation_id, p_line_no => p_line_no,
    p_part_no => p_part_no, p_backordered => -p_committed, p_held_backordered => -p_held);
  perform holdfast_engine_N.change_place(p_tenant_id, v_level, p_reservation_id, p_line_no,
    p_part_no, 16, -p_committed, -p_held);
  insert into holdfast.events (
    tenant_id, event_id, type, level_id, reservation_id, data, recorded_at
  )
  select p_tenant_id, holdfast.uuid_v7(), 'backorder.allocated', p_level_id, p_reservation_id,
    jsonb_build_object('reservation_id', p_reservation_id, 'order_reference', r.order_reference,
      'line', p_line_no, 'part', p_part_no, 'sku', s.code, 'location', p.code,
      'quantity', p_committed + p_held, 'waiting', coalesce(b.backordered + b.held_backordered, 0),
      'version', v_level.version), v_level.changed_at
  from holdfast.reservations r
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = v_level.sku_id
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = v_level.location_id
  left join holdfast.backorders b on b.tenant_id = p_tenant_id
    and b.reservation_id = p_reservation_id and b.line_no = p_line_no and b.part_no = p_part_no
  where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id;
end $$;

-- Those of some levels at which somebody waits, or a channel's buffer may have to be filled.
-- p_levels int[]: locked. answer: their ids, sorted.
-- Asked once a call: a shop that backorders nothing pays no more for it.
-- locks: none.
create or replace function holdfast_engine_N.queued_levels(p_tenant_id int, p_levels int[])
returns int[]
language plpgsql volatile as $$
begin
  return array(
    select l.level_id from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = any (p_levels)
      and l.backordered + l.held_backordered + l.buffer_size > 0
    order by l.level_id);
end $$;

-- Serves the queues of levels that a call has locked, after what the call was about.
-- p_levels int[]. answer: nothing.
-- At most 500 allocations a call: the sweeper goes on with the rest.
-- locks: as settle_queue.
create or replace function holdfast_engine_N.settle_queues(p_tenant_id int, p_levels int[])
returns void
language plpgsql volatile as $$
declare
  v_left int := 500;
  v_level_id int;
begin
  foreach v_level_id in array p_levels loop
    if v_left > 0 then
      v_left := v_left - jsonb_array_length(
        holdfast_engine_N.settle_queue(p_tenant_id, v_level_id, v_left));
    else
      perform holdfast_engine_N.queue_due(p_tenant_id, array[v_level_id]);
    end if;
  end loop;
end $$;

-- Ends what is overdue at levels, and gives it to whoever it is owed: those who wait, then buffers.
-- p_levels int[]: locked. answer: nothing.
-- For a call that wants to know what is promised still, whatever it decides then.
-- locks: as free_overdue, then as settle_queue.
create or replace function holdfast_engine_N.end_overdue(p_tenant_id int, p_levels int[])
returns void
language plpgsql volatile as $$
begin
  perform holdfast_engine_N.free_overdue(
    p_tenant_id, l.level_id, l.held + l.held_backordered, holdfast.clock())
  from (
    select l.level_id, l.held, l.held_backordered from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = any (p_levels)
      and l.held + l.held_backordered > 0
    order by l.level_id
  ) as l;
  perform holdfast_engine_N.settle_queues(
    p_tenant_id, holdfast_engine_N.queued_levels(p_tenant_id, p_levels));
end $$;

-- Notes those of some levels that have units free for somebody who waits still, or for a buffer.
-- p_levels int[]: locked. answer: nothing.
-- The sweeper serves them: see tidy_queues.
-- locks: the new rows, under their levels.
create or replace function holdfast_engine_N.queue_due(p_tenant_id int, p_levels int[])
returns void
language plpgsql volatile as $$
begin
  insert into holdfast.queues_due (tenant_id, level_id, due_at)
  select p_tenant_id, l.level_id, holdfast.clock()
  from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = any (p_levels)
    and (l.backordered + l.held_backordered > 0 and holdfast_engine_N.free_for_queue(l) > 0
      or l.buffered < l.buffer_size and holdfast_engine_N.sellable(l) > 0)
  order by l.level_id
  on conflict do nothing;
end $$;

-- The sweeper's step for queues that one call could not serve whole.
-- p_limit int: allocations to serve at the most. answer: how many were served.
-- A level that somebody works on is left for the next round.
-- locks: the levels by id, skipping what is locked; then as settle_queue.
create or replace function holdfast_engine_N.tidy_queues(p_tenant_id int, p_limit int)
returns int
language plpgsql volatile as $$
declare
  v_level_id int;
  v_served int := 0;
begin
  for v_level_id in
    select d.level_id from holdfast.queues_due d
    where d.tenant_id = p_tenant_id order by d.level_id limit 100
  loop
    exit when v_served >= p_limit;
    perform 1 from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = v_level_id
    for no key update skip locked;
    continue when not found;
    delete from holdfast.queues_due d
    where d.tenant_id = p_tenant_id and d.level_id = v_level_id;
    v_served := v_served + jsonb_array_length(
      holdfast_engine_N.settle_queue(p_tenant_id, v_level_id, p_limit - v_served));
  end loop;
  return v_served;
end $$;
