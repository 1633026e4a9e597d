-- Reads one reservation as everybody sees it now: units of a hold whose time is over are expired,
-- whether or not anybody has tidied up.
-- p_request: {"reservation_id"}. answer: {"ok", the reservation}, or reservation_not_found.
-- locks: none.
create or replace function holdfast_engine_N.get_reservation(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
-- A plan made while the tables were small would scan all SKUs of the tenant later.
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_now timestamptz := holdfast.clock();
  v_reservation jsonb;
begin
  select holdfast_engine_N.reservation_row(r, v_now) into v_reservation
  from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id = v_id;
  if v_reservation is null then
    return holdfast_engine_N.refuse('reservation_not_found', 'No reservation has this id.',
      jsonb_build_object('reservation_id', left(p_request ->> 'reservation_id', 64)));
  end if;
  return '{"ok": true}' || v_reservation;
end $$;

-- Shows a reservation. State: held while a unit is held and in time, else committed while one is
-- open, else expired if its time ran out before anything shipped, else closed.
-- p_reservation: its row; p_now timestamptz. answer: the contract's answer with created_at, buyer,
-- tags, owner, review_at, extensions and expired (true when units' time ran out). locks: none.
create or replace function holdfast_engine_N.reservation_row(
  p_reservation holdfast.reservations, p_now timestamptz
) returns jsonb
language sql stable as $$
  select jsonb_build_object(
    'reservation_id', p_reservation.reservation_id,
    'state', total.state,
    'expired', total.expired > 0,
    'expires_at', case when total.state in ('held', 'expired') then p_reservation.expires_at end,
    'order_reference', p_reservation.order_reference,
    'created_at', p_reservation.created_at,
    'buyer', p_reservation.buyer,
    'tags', coalesce(to_jsonb(p_reservation.tags), '[]'),
    'owner', p_reservation.owner,
    'review_at', p_reservation.review_at,
    'extensions', p_reservation.extensions,
    'lines', total.lines,
    'as_of', p_now
  )
  from (
    select
      case when sum(a.held + a.held_backordered) > 0 then 'held'
        when sum(a.committed + a.backordered) > 0 then 'committed'
        when sum(a.expired) > 0 and sum(a.fulfilled) = 0 then 'expired' else 'closed' end as state,
      coalesce(sum(a.expired), 0) as expired,
      coalesce(jsonb_agg(jsonb_build_object(
        'line', a.line_no, 'part', a.part_no, 'sku', s.code, 'location', p.code,
        'quantity', a.quantity, 'held', a.held, 'committed', a.committed,
        'fulfilled', a.fulfilled, 'released', a.released, 'expired', a.expired,
        'returned', a.returned, 'version', l.version
      ) || holdfast_engine_N.waits(p_reservation.tenant_id, p_reservation.reservation_id, a.line_no,
        a.part_no, a.backordered, a.held_backordered)
        || holdfast_engine_N.kit_of_line(p_reservation.tenant_id, a.sold_as, a.per_kit)
        order by a.line_no, a.part_no), '[]') as lines
    from holdfast_engine_N.effective_allocations(p_reservation, p_now) as a
    left join holdfast.levels l
      on l.tenant_id = p_reservation.tenant_id and l.level_id = a.level_id
    left join holdfast.skus s on s.tenant_id = p_reservation.tenant_id
      and s.sku_id = case when l.level_id is null then a.sku_id else l.sku_id end -- see answer.sql
    left join holdfast.locations p on p.tenant_id = p_reservation.tenant_id
      and p.location_id = case when l.level_id is null then a.location_id else l.location_id end
  ) as total
$$;

-- The allocations of a reservation in either form, with overdue units counted as expired.
-- p_reservation: its row; p_now timestamptz. rows: one an allocation.
-- In one statement, so that both forms are of one moment.
-- locks: none.
create or replace function holdfast_engine_N.effective_allocations(
  p_reservation holdfast.reservations, p_now timestamptz
) returns table (
  line_no int, part_no int, level_id int, sku_id int, location_id int, quantity bigint,
  held bigint, committed bigint, fulfilled bigint, released bigint, expired bigint, returned bigint,
  backordered bigint, held_backordered bigint, sold_as int, per_kit bigint
)
language sql stable rows 2 as $$
  select a.line_no, a.part_no, a.level_id, a.sku_id, a.location_id, a.quantity,
    case when over.due then 0 else a.held end, a.committed, a.fulfilled, a.released,
    case when over.due then a.expired + a.held + a.held_backordered else a.expired end,
    a.returned, a.backordered, case when over.due then 0 else a.held_backordered end,
    a.sold_as, a.per_kit
  from (
    select 1 as line_no, 0 as part_no, p_reservation.level_id, p_reservation.sku_id,
      p_reservation.location_id, p_reservation.quantity, p_reservation.held,
      p_reservation.committed, p_reservation.fulfilled, p_reservation.released,
      p_reservation.expired, p_reservation.returned, p_reservation.backordered,
      p_reservation.held_backordered, null::int as sold_as, null::bigint as per_kit
    where p_reservation.quantity is not null
    union all
    select o.line_no, o.part_no, o.level_id, o.sku_id, o.location_id, o.quantity, o.held,
      o.committed, o.fulfilled, o.released, o.expired, o.returned, o.backordered,
      o.held_backordered, o.sold_as, o.per_kit
    from holdfast.allocations o
    where o.tenant_id = p_reservation.tenant_id
      and o.reservation_id = p_reservation.reservation_id
  ) as a
  cross join (select coalesce(p_reservation.expires_at <= p_now, false) as due) as over
$$;
