-- Lists promises, those that fall due first.
-- p_request: "sku", "location", "order_reference", "state": open (else all) or ended, "late": true
-- (open, and their last day is over), "limit", "cursor". answer: a page, or unknown_sku,
-- unknown_location, invalid_request. Those without a date come last.
-- locks: none.
create or replace function holdfast_engine_N.list_promises(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set jit = off
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_page jsonb;
  v_place jsonb;
  v_now timestamptz := holdfast.clock();
  v_rows jsonb;
begin
  v_page := coalesce(holdfast_engine_N.check_fields(p_request, '{
      "sku": {"is": "text", "max": 255}, "location": {"is": "text", "max": 100},
      "order_reference": {"is": "text", "max": 255},
      "state": {"is": "choice", "of": ["open", "ended"]}, "late": {"is": "boolean"},
      "limit": {"is": "integer", "least": 1, "most": 250},
      "cursor": {"is": "text", "max": 8192}, "sort": {"is": "text", "max": 50}}'),
    holdfast_engine_N.open_page(p_request, array['ship_to'], array['date', 'uuid', 'int', 'int']));
  v_place := holdfast_engine_N.place_of(p_tenant_id, p_request);
  if v_page ? 'refusal' or v_place ? 'refusal' then
    return case when v_page ? 'refusal' then v_page else v_place end;
  end if;
  with found as (
    select p.*, coalesce(p.ship_to, '9999-12-31') as due
    from holdfast.promises p
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = p.level_id
    join holdfast.locations o on o.tenant_id = p_tenant_id and o.location_id = l.location_id
    join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = p.reservation_id
    where p.tenant_id = p_tenant_id
      and (p_request ->> 'state' is null
        or (p.ended_at is null) = (p_request ->> 'state' = 'open'))
      and (p_request -> 'late' is distinct from 'true' or (p.ended_at is null
        and p.ship_to < (v_now at time zone o.time_zone)::date))
      and (v_place ->> 'sku_id' is null or l.sku_id = (v_place ->> 'sku_id')::int)
      and (v_place ->> 'location_id' is null
        or l.location_id = (v_place ->> 'location_id')::int)
      and (p_request ->> 'order_reference' is null
        or r.order_reference = p_request ->> 'order_reference')
      and (v_page -> 'after' = 'null' or v_page -> 'after' is null
        or (coalesce(p.ship_to, '9999-12-31'), p.reservation_id, p.line_no, p.part_no)
        > ((v_page #>> '{after,0}')::date, (v_page #>> '{after,1}')::uuid,
          (v_page #>> '{after,2}')::int, (v_page #>> '{after,3}')::int))
    order by coalesce(p.ship_to, '9999-12-31'), p.reservation_id, p.line_no, p.part_no
    limit (v_page ->> 'limit')::int + 1
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'row', holdfast_engine_N.promise_row(p_tenant_id, f.reservation_id, f.line_no, f.part_no),
    'at', jsonb_build_array(f.due, f.reservation_id, f.line_no, f.part_no))
    order by f.due, f.reservation_id, f.line_no, f.part_no), '[]')
  into v_rows
  from found f;
  return holdfast_engine_N.close_page(v_rows, v_page);
end $$;

-- Shows one promise.
-- p_reservation_id uuid, p_line_no int, p_part_no int. answer: the promise as lists show it.
-- waiting: units that wait still; first_ship_to: the day that was told first.
-- locks: none.
create or replace function holdfast_engine_N.promise_row(
  p_tenant_id int, p_reservation_id uuid, p_line_no int, p_part_no int
) returns jsonb
language sql volatile as $$
  select jsonb_build_object('reservation_id', p.reservation_id, 'line', p.line_no,
    'part', p.part_no, 'order_reference', r.order_reference, 'buyer', r.buyer, 'sku', s.code,
    'location', o.code, 'quantity', p.units,
    'waiting', coalesce(b.backordered + b.held_backordered, 0),
    'promise', holdfast_engine_N.promise_shown(p_tenant_id, p.source, p.ship_from, p.ship_to,
      p.days_min, p.days_max, p.supply_id)
      || holdfast_engine_N.arrival(p_tenant_id, o, p.ship_from, p.ship_to),
    'told', jsonb_build_object('ship_from', p.told_from, 'ship_to', p.told_to),
    'first_ship_to', p.first_to, 'moves', p.moves, 'made_at', p.made_at,
    'ended_at', p.ended_at, 'outcome', p.outcome,
    'late', p.ended_at is null
      and coalesce(p.ship_to < (holdfast.clock() at time zone o.time_zone)::date, false))
  from holdfast.promises p
  join holdfast.reservations r
    on r.tenant_id = p_tenant_id and r.reservation_id = p.reservation_id
  join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = p.level_id
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
  join holdfast.locations o on o.tenant_id = p_tenant_id and o.location_id = l.location_id
  left join holdfast.backorders b on b.tenant_id = p_tenant_id
    and b.reservation_id = p.reservation_id and b.line_no = p.line_no and b.part_no = p.part_no
  where p.tenant_id = p_tenant_id and p.reservation_id = p_reservation_id
    and p.line_no = p_line_no and p.part_no = p_part_no
$$;

-- Tells all that was promised of a reservation: each line's dates with their history, and the
-- notices that its buyer was sent.
-- p_request: {"reservation_id"}. answer: {"ok", "reservation_id", "order_reference", "promises":
-- [promise with "history"], "notices"}, or reservation_not_found.
-- locks: none.
create or replace function holdfast_engine_N.get_promises(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_reservation record;
begin
  select r.reservation_id, r.order_reference into v_reservation from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id = v_id;
  if not found then
    return holdfast_engine_N.refuse('reservation_not_found', 'No reservation has this id.',
      jsonb_build_object('reservation_id', left(p_request ->> 'reservation_id', 64)));
  end if;
  return jsonb_build_object('ok', true, 'reservation_id', v_id,
    'order_reference', v_reservation.order_reference,
    'promises', coalesce((
      select jsonb_agg(
        holdfast_engine_N.promise_row(p_tenant_id, v_id, p.line_no, p.part_no)
        || jsonb_build_object('history', (
          select jsonb_agg(jsonb_build_object('reason', c.reason, 'told', c.told,
            'promise', holdfast_engine_N.promise_shown(p_tenant_id, c.source, c.ship_from,
              c.ship_to, null, null, c.supply_id), 'changed_at', c.changed_at)
            order by c.change_no)
          from holdfast.promise_changes c
          where c.tenant_id = p_tenant_id and c.reservation_id = v_id
            and c.line_no = p.line_no and c.part_no = p.part_no))
        order by p.line_no, p.part_no)
      from holdfast.promises p
      where p.tenant_id = p_tenant_id and p.reservation_id = v_id), '[]'),
    'notices', coalesce((
      select jsonb_agg(holdfast_engine_N.notice_row(n) order by n.notice_id)
      from holdfast.promise_notices n
      where n.tenant_id = p_tenant_id and n.reservation_id = v_id), '[]'));
end $$;

-- Shows a notice.
-- p_notice: its row. answer: jsonb, without the link's token, of which only a hash is kept.
-- locks: none.
create or replace function holdfast_engine_N.notice_row(p_notice holdfast.promise_notices)
returns jsonb
language sql immutable as $$
  select jsonb_build_object('notice_id', p_notice.notice_id,
    'reservation_id', p_notice.reservation_id, 'created_at', p_notice.created_at,
    'silence_at', p_notice.silence_at, 'silence_default', p_notice.silence_default,
    'answer', p_notice.answer, 'answered_by', p_notice.answered_by,
    'answered_at', p_notice.answered_at)
$$;

-- How many promises were kept, among those that ended lately.
-- p_request: {"days": 90}. answer: {"ok", "days", "kept", "late", "cancelled", "undated", "rate":
-- kept of kept and late, null for none; "first_rate": against the day that was told first; "open",
-- "open_late", "moved": open promises whose buyer was told of another date}.
-- locks: none.
create or replace function holdfast_engine_N.promise_rate(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_days int;
  v_ended record;
  v_open record;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    '{"days": {"is": "integer", "least": 1, "most": 3650}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_days := coalesce((p_request ->> 'days')::numeric::int, 90);
  select count(*) filter (where p.outcome = 'kept') as kept,
    count(*) filter (where p.outcome = 'late') as late,
    count(*) filter (where p.outcome = 'cancelled') as cancelled,
    count(*) filter (where p.outcome = 'undated') as undated,
    count(*) filter (where p.outcome in ('kept', 'late')
      and (p.ended_at at time zone 'UTC')::date <= p.first_to) as first_kept
  into v_ended
  from holdfast.promises p
  where p.tenant_id = p_tenant_id and p.ended_at > v_now - make_interval(days => v_days);
  select count(*) as units, count(*) filter (where p.moves > 0) as moved,
    count(*) filter (where p.ship_to < (v_now at time zone 'UTC')::date) as late
  into v_open
  from holdfast.promises p where p.tenant_id = p_tenant_id and p.ended_at is null;
  return jsonb_build_object('ok', true, 'days', v_days, 'kept', v_ended.kept,
    'late', v_ended.late, 'cancelled', v_ended.cancelled, 'undated', v_ended.undated,
    'rate', round(v_ended.kept::numeric / nullif(v_ended.kept + v_ended.late, 0), 4),
    'first_rate', round(v_ended.first_kept::numeric
      / nullif(v_ended.kept + v_ended.late, 0), 4),
    'open', v_open.units, 'open_late', v_open.late, 'moved', v_open.moved);
end $$;
