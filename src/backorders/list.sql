-- Lists who waits, level by level in the order in which they are served.
-- p_request: "sku", "location", "order_reference", "limit", "cursor". answer: a page of places,
-- each with its units, its place in line (ahead: units before it) and its promise; or unknown_sku,
-- unknown_location, invalid_request.
-- locks: none.
create or replace function holdfast_engine_N.list_backorders(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set jit = off
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_page jsonb;
  v_place jsonb;
  v_after jsonb;
  v_rows jsonb;
begin
  v_page := coalesce(holdfast_engine_N.check_fields(p_request, '{
      "sku": {"is": "text", "max": 255}, "location": {"is": "text", "max": 100},
      "order_reference": {"is": "text", "max": 255},
      "limit": {"is": "integer", "least": 1, "most": 250},
      "cursor": {"is": "text", "max": 8192}, "sort": {"is": "text", "max": 50}}'),
    holdfast_engine_N.open_page(p_request, array['queue'], array['int', 'int', 'bigint']));
  v_place := holdfast_engine_N.place_of(p_tenant_id, p_request);
  if v_page ? 'refusal' or v_place ? 'refusal' then
    return case when v_page ? 'refusal' then v_page else v_place end;
  end if;
  v_after := nullif(v_page -> 'after', 'null');
  with found as (
    select b.* from holdfast.backorders b
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = b.level_id
    where b.tenant_id = p_tenant_id
      and (v_place ->> 'sku_id' is null or l.sku_id = (v_place ->> 'sku_id')::int)
      and (v_place ->> 'location_id' is null
        or l.location_id = (v_place ->> 'location_id')::int)
      and (p_request ->> 'order_reference' is null or b.reservation_id = any (array(
        select r.reservation_id from holdfast.reservations r where r.tenant_id = p_tenant_id
          and r.order_reference = p_request ->> 'order_reference')))
      and (v_after is null or (b.level_id, -b.priority, b.queue_no)
        > ((v_after ->> 0)::int, (v_after ->> 1)::int, (v_after ->> 2)::bigint))
    order by b.level_id, b.priority desc, b.queue_no
    limit (v_page ->> 'limit')::int + 1
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'row', holdfast_engine_N.backorder_row(p_tenant_id, f),
    'at', jsonb_build_array(f.level_id, -f.priority, f.queue_no))
    order by f.level_id, f.priority desc, f.queue_no), '[]')
  into v_rows
  from found f;
  return holdfast_engine_N.close_page(v_rows, v_page);
end $$;

-- Shows one place in a queue.
-- p_place: its row. answer: jsonb.
-- ahead: units that are served before it now.
-- locks: none.
create or replace function holdfast_engine_N.backorder_row(
  p_tenant_id int, p_place holdfast.backorders
) returns jsonb
language sql volatile as $$
  select jsonb_build_object('reservation_id', p_place.reservation_id, 'line', p_place.line_no,
    'part', p_place.part_no, 'order_reference', r.order_reference, 'buyer', r.buyer,
    'sku', s.code, 'location', o.code, 'backordered', p_place.backordered,
    'held_backordered', p_place.held_backordered, 'expires_at', p_place.expires_at,
    'priority', p_place.priority, 'mode', p_place.mode, 'ship_complete', p_place.ship_complete,
    'joined_at', p_place.joined_at, 'ahead', (
      select coalesce(sum(b.backordered + b.held_backordered), 0) from holdfast.backorders b
      where b.tenant_id = p_tenant_id and b.level_id = p_place.level_id
        and (-b.priority, b.queue_no) < (-p_place.priority, p_place.queue_no)),
    'promise', holdfast_engine_N.line_promise(
      p_tenant_id, p_place.reservation_id, p_place.line_no, p_place.part_no))
  from holdfast.reservations r
  join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = p_place.level_id
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
  join holdfast.locations o on o.tenant_id = p_tenant_id and o.location_id = l.location_id
  where r.tenant_id = p_tenant_id and r.reservation_id = p_place.reservation_id
$$;
