-- Makes the promise of a place that has just joined a queue.
-- p_level_id int: locked; p_queue_no bigint. answer: nothing.
-- In the hold's own transaction: what the buyer is told is what is kept.
-- locks: the promise's row, under the level.
create or replace function holdfast_engine_N.make_promise(
  p_tenant_id int, p_level_id int, p_queue_no bigint
) returns void
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_new record;
begin
  select * into strict v_new
  from holdfast_engine_N.promises_of_level(p_tenant_id, p_level_id, p_queue_no);
  insert into holdfast.promises as p (
    tenant_id, reservation_id, line_no, part_no, level_id, units, source, ship_from, ship_to,
    days_min, days_max, supply_id, first_to, told_from, told_to, made_at
  ) values (
    p_tenant_id, v_new.reservation_id, v_new.line_no, v_new.part_no, p_level_id, v_new.units,
    v_new.source, v_new.ship_from, v_new.ship_to, v_new.days_min, v_new.days_max,
    v_new.supply_id, v_new.ship_to, v_new.ship_from, v_new.ship_to, v_now
  )
  on conflict (tenant_id, reservation_id, line_no, part_no) do update set
    level_id = excluded.level_id, units = excluded.units, source = excluded.source,
    ship_from = excluded.ship_from, ship_to = excluded.ship_to, days_min = excluded.days_min,
    days_max = excluded.days_max, supply_id = excluded.supply_id, first_to = excluded.first_to,
    told_from = excluded.told_from, told_to = excluded.told_to, made_at = excluded.made_at,
    ended_at = null, outcome = null;
  perform holdfast_engine_N.note_promise(
    p_tenant_id, v_new.reservation_id, v_new.line_no, v_new.part_no, 'made', true, v_now);
end $$;

-- Writes the history of a promise: how it is now, and why.
-- p_reason text: made, supply, policy, queue; p_told boolean: the buyer is told. answer: nothing.
-- Each line can be read as a list of what was said of it.
-- locks: none more.
create or replace function holdfast_engine_N.note_promise(
  p_tenant_id int, p_reservation_id uuid, p_line_no int, p_part_no int, p_reason text,
  p_told boolean, p_now timestamptz
) returns void
language sql volatile as $$
  with counted as (
    update holdfast.promises p set changes = p.changes + 1
    where p.tenant_id = p_tenant_id and p.reservation_id = p_reservation_id
      and p.line_no = p_line_no and p.part_no = p_part_no
    returning p.*
  )
  insert into holdfast.promise_changes (
    tenant_id, reservation_id, line_no, part_no, change_no, reason, source, ship_from, ship_to,
    supply_id, told, changed_at
  )
  select p_tenant_id, c.reservation_id, c.line_no, c.part_no, c.changes, p_reason, c.source,
    c.ship_from, c.ship_to, c.supply_id, p_told, p_now
  from counted c
$$;

-- Ends the promise of a place that has left its queue.
-- p_kind int: of the movement; served (16): kept, or late by the calendar of its location; else
-- cancelled. answer: nothing.
-- Kept means: all of its units were there by the last day that the buyer was told.
-- locks: the promise's row, under the level.
create or replace function holdfast_engine_N.end_promise(
  p_tenant_id int, p_reservation_id uuid, p_line_no int, p_part_no int, p_kind int
) returns void
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
begin
  update holdfast.promises p set ended_at = v_now, outcome = case
    when p_kind <> 16 then 'cancelled'
    when p.told_to is null then 'undated'
    when (v_now at time zone o.time_zone)::date <= p.told_to then 'kept'
    else 'late' end
  from holdfast.levels l
  join holdfast.locations o on o.tenant_id = p_tenant_id and o.location_id = l.location_id
  where p.tenant_id = p_tenant_id and p.reservation_id = p_reservation_id
    and p.line_no = p_line_no and p.part_no = p_part_no and p.ended_at is null
    and l.tenant_id = p_tenant_id and l.level_id = p.level_id;
end $$;

-- Notes levels whose promises are to be looked at again.
-- p_levels int[]; p_reason text: supply, policy or queue. answer: nothing.
-- Where nobody waits there is nothing to look at.
-- locks: the new rows.
create or replace function holdfast_engine_N.promises_fall_due(
  p_tenant_id int, p_levels int[], p_reason text
) returns void
language plpgsql volatile as $$
begin
  insert into holdfast.promises_due (tenant_id, level_id, reason, due_at)
  select p_tenant_id, l.level_id, p_reason, holdfast.clock()
  from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = any (p_levels)
    and l.backordered + l.held_backordered > 0
  order by l.level_id
  on conflict do nothing;
end $$;

-- Looks at the promises of a level again, and tells those buyers whose date moves by more than the
-- policy tolerates: one event and one notice for each order.
-- p_level_id int: locked; p_limit int: promises to change at the most; the rest falls due again.
-- answer: how many were changed, and how many buyers are told.
-- locks: the promises' rows, under the level; new notices.
create or replace function holdfast_engine_N.renew_promises(
  p_tenant_id int, p_level_id int, p_reason text, p_limit int, out changed int, out notices int
)
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_new record;
  v_told boolean;
  v_moved jsonb := '{}'; -- reservation → its lines that the buyer is told of
begin
  changed := 0;
  for v_new in
    select c.*, p.source as old_source, p.told_from, p.told_to
    from holdfast_engine_N.promises_of_level(p_tenant_id, p_level_id, null) as c
    join holdfast.promises p on p.tenant_id = p_tenant_id
      and p.reservation_id = c.reservation_id and p.line_no = c.line_no
      and p.part_no = c.part_no
    where (c.source, c.ship_from, c.ship_to, c.days_min, c.days_max, c.supply_id)
      is distinct from (p.source, p.ship_from, p.ship_to, p.days_min, p.days_max, p.supply_id)
    order by c.n limit p_limit
  loop
    changed := changed + 1;
    v_told := case
      when v_new.ship_to is null or v_new.told_to is null
        then v_new.ship_to is distinct from v_new.told_to
      else greatest(abs(v_new.ship_to - v_new.told_to), abs(v_new.ship_from - v_new.told_from))
        > v_new.tolerance end;
    update holdfast.promises p set source = v_new.source, ship_from = v_new.ship_from,
      ship_to = v_new.ship_to, days_min = v_new.days_min, days_max = v_new.days_max,
      supply_id = v_new.supply_id, moves = p.moves + v_told::int,
      told_from = case when v_told then v_new.ship_from else p.told_from end,
      told_to = case when v_told then v_new.ship_to else p.told_to end
    where p.tenant_id = p_tenant_id and p.reservation_id = v_new.reservation_id
      and p.line_no = v_new.line_no and p.part_no = v_new.part_no;
    perform holdfast_engine_N.note_promise(p_tenant_id, v_new.reservation_id, v_new.line_no,
      v_new.part_no, p_reason, v_told, v_now);
    continue when not v_told;
    v_moved := v_moved || jsonb_build_object(v_new.reservation_id, coalesce(
      v_moved -> v_new.reservation_id::text, jsonb_build_object('silence_default',
        v_new.silence_default, 'silence_days', v_new.silence_days, 'lines', '[]'::jsonb)));
    v_moved := jsonb_set(v_moved, array[v_new.reservation_id::text, 'lines'],
      (v_moved #> array[v_new.reservation_id::text, 'lines']) || jsonb_build_object(
        'line', v_new.line_no, 'part', v_new.part_no, 'quantity', v_new.units,
        'old', jsonb_build_object('source', v_new.old_source, 'from', v_new.told_from,
          'to', v_new.told_to),
        'new', jsonb_build_object('source', v_new.source, 'from', v_new.ship_from,
          'to', v_new.ship_to)));
  end loop;
  perform holdfast_engine_N.tell_moved(p_tenant_id, p_level_id, p_reason, v_moved, v_now);
  notices := (select count(*) from jsonb_object_keys(v_moved));
  if changed = p_limit then
    perform holdfast_engine_N.promises_fall_due(p_tenant_id, array[p_level_id], p_reason);
  end if;
end $$;

-- Tells of promises that have moved: an event and a notice for each order.
-- p_moved jsonb: reservation → {"lines", "silence_default", "silence_days"}. answer: nothing.
-- The notice waits for the buyer's answer; after some days silence is one.
-- locks: the new rows.
create or replace function holdfast_engine_N.tell_moved(
  p_tenant_id int, p_level_id int, p_reason text, p_moved jsonb, p_now timestamptz
) returns void
language plpgsql volatile as $$
declare
  v_order record;
  v_notice_id uuid;
  v_silence_at timestamptz;
begin
  for v_order in
    select m.key::uuid as reservation_id, m.value as told, r.order_reference, r.buyer,
      s.code as sku, p.code as location, p.time_zone
    from jsonb_each(p_moved) as m
    join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = m.key::uuid
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = p_level_id
    join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
    join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
    order by r.created_at, r.reservation_id
  loop
    v_notice_id := holdfast.uuid_v7();
    v_silence_at := p_now + make_interval(days => (v_order.told ->> 'silence_days')::int);
    insert into holdfast.promise_notices (
      tenant_id, notice_id, reservation_id, created_at, silence_at, silence_default
    ) values (
      p_tenant_id, v_notice_id, v_order.reservation_id, p_now, v_silence_at,
      v_order.told ->> 'silence_default'
    );
    insert into holdfast.events (
      tenant_id, event_id, type, level_id, reservation_id, data, recorded_at
    )
    values (p_tenant_id, holdfast.uuid_v7(), 'promise.moved', p_level_id,
      v_order.reservation_id, jsonb_build_object('notice_id', v_notice_id,
        'reservation_id', v_order.reservation_id, 'order_reference', v_order.order_reference,
        'buyer', v_order.buyer, 'reason', p_reason, 'lines', (
          select jsonb_agg(l.line || jsonb_build_object(
            'sku', v_order.sku, 'location', v_order.location) order by l.n)
          from jsonb_array_elements(v_order.told -> 'lines') with ordinality as l (line, n)),
        'choices', '["keep", "cancel"]'::jsonb,
        'silence_default', v_order.told -> 'silence_default', 'silence_at', v_silence_at,
        'answer_by', (v_silence_at at time zone v_order.time_zone)::date - 1), p_now);
  end loop;
end $$;

-- The sweeper's step for promises that have fallen due.
-- p_limit int: promises to change at the most. answer: how many were changed.
-- A level that somebody works on is left for the next round.
-- locks: the levels by id, skipping what is locked; then as renew_promises.
create or replace function holdfast_engine_N.tidy_promises(p_tenant_id int, p_limit int)
returns int
language plpgsql volatile as $$
declare
  v_due record;
  v_changed int := 0;
begin
  for v_due in
    select d.level_id, d.reason from holdfast.promises_due d
    where d.tenant_id = p_tenant_id order by d.level_id limit 100
  loop
    exit when v_changed >= p_limit;
    perform 1 from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = v_due.level_id
    for no key update skip locked;
    continue when not found;
    delete from holdfast.promises_due d
    where d.tenant_id = p_tenant_id and d.level_id = v_due.level_id;
    v_changed := v_changed + (
      select r.changed from holdfast_engine_N.renew_promises(
        p_tenant_id, v_due.level_id, v_due.reason, p_limit - v_changed) as r);
  end loop;
  return v_changed;
end $$;
