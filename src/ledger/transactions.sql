-- Lists movements of the ledger, newest first or oldest first, each with what it changed and left.
-- p_request: {"sku", "location", "reservation_id", "document", "order_reference", "kind", "from",
-- "to", "limit", "cursor", "sort"}; from counts, to does not. answer: {"ok", "data",
-- "next_cursor"}, or unknown_sku, unknown_location, reservation_not_found, invalid_request.
-- locks: none.
create or replace function holdfast_engine_N.list_transactions(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set jit = off -- a page is read in less time than compiling takes
-- A page names few levels and SKUs: the planner guessed more, and scanned all of the tenant's.
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_page jsonb := holdfast_engine_N.open_page(p_request, array['-recorded_at', 'recorded_at'],
    array['timestamptz', 'int', 'bigint', 'uuid', 'int', 'int', 'int']);
  v_filter jsonb := holdfast_engine_N.ledger_filter(p_tenant_id, p_request);
  v_rows jsonb;
begin
  if v_page ? 'refusal' then
    return v_page;
  end if;
  if v_filter ? 'refusal' then
    return v_filter;
  end if;
  with found as (
    select m as movement, row_number() over () as ordinal
    from holdfast_engine_N.ledger_page(p_tenant_id, v_filter, v_page) as m
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'row', holdfast_engine_N.movement_row(f.movement, k.name, s.code, p.code),
    'at', holdfast_engine_N.movement_order(f.movement)) order by f.ordinal), '[]')
  into v_rows
  from found f
  left join holdfast.transaction_kinds k on k.kind = (f.movement).kind
  left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = (f.movement).level_id
  left join holdfast.skus s on s.tenant_id = p_tenant_id -- case: see reservation_answer
    and s.sku_id = case when l.level_id is null then (f.movement).sku_id else l.sku_id end
  left join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id =
    case when l.level_id is null then (f.movement).location_id else l.location_id end;
  return holdfast_engine_N.close_page(v_rows, v_page);
end $$;

-- Reads the filters of the ledger's list, and chooses the index that leads to the rows.
-- p_request: of list_transactions. answer: {"path": reservation, order, document, level or time;
-- "level_ids", "sku_id", "location_id", "kind", …}, or a refusal.
-- A location with many levels is read by time: asking each of its levels would cost more.
-- locks: none.
create or replace function holdfast_engine_N.ledger_filter(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_place jsonb := holdfast_engine_N.place_of(p_tenant_id, p_request);
  v_from jsonb := holdfast_engine_N.instant_of(p_request, 'from');
  v_to jsonb := holdfast_engine_N.instant_of(p_request, 'to');
  v_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_kind int;
  v_levels int[];
begin
  if v_place ? 'refusal' or v_from ? 'refusal' or v_to ? 'refusal' then
    return case when v_place ? 'refusal' then v_place when v_from ? 'refusal' then v_from
      else v_to end;
  end if;
  select k.kind into v_kind from holdfast.transaction_kinds k where k.name = p_request ->> 'kind';
  if p_request ->> 'kind' is not null and v_kind is null then
    return holdfast_engine_N.refuse('invalid_request', 'kind must be one of ' || (
      select string_agg(k.name, ', ' order by k.kind) from holdfast.transaction_kinds k) || '.',
      '{"field": "kind"}');
  end if;
  if p_request ->> 'reservation_id' is not null and not exists (
    select from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id = v_id
  ) then
    return holdfast_engine_N.refuse('reservation_not_found', 'No reservation has this id.',
      jsonb_build_object('reservation_id', left(p_request ->> 'reservation_id', 64)));
  end if;
  -- Two statements: one for both would read all levels of the tenant.
  if v_place ? 'sku_id' then
    v_levels := array(
      select l.level_id from unnest((v_place ->> 'sku_id')::int || array(
        select s.sku_id from holdfast.skus s -- its history before they were merged
        where s.tenant_id = p_tenant_id and s.merged_into = (v_place ->> 'sku_id')::int
      )) as k (sku_id)
      cross join lateral (
        select l.level_id, l.location_id from holdfast.levels l
        where l.tenant_id = p_tenant_id and l.sku_id = k.sku_id
        offset 0 -- fenced: see wanted
      ) as l
      where not v_place ? 'location_id' or l.location_id = (v_place ->> 'location_id')::int);
  elsif v_place ? 'location_id' then
    v_levels := array(
      select l.level_id from holdfast.levels l
      where l.tenant_id = p_tenant_id and l.location_id = (v_place ->> 'location_id')::int);
  end if;
  return v_place || jsonb_build_object(
    'path', case
      when v_id is not null then 'reservation'
      when p_request ->> 'order_reference' is not null then 'order'
      when p_request ->> 'document' is not null then 'document'
      when v_place ? 'sku_id' or cardinality(v_levels) <= 200 then 'level'
      else 'time' end,
    'places', v_place <> '{}', 'level_ids', coalesce(v_levels, '{}'), 'kind', v_kind,
    'reservation_id', v_id, 'order_reference', p_request ->> 'order_reference',
    'document', p_request ->> 'document', 'from', v_from -> 'at', 'to', v_to -> 'at');
end $$;

-- What decides the order of two movements: time, then the level's version; movements of untracked
-- SKUs, which have none, by their reservation.
-- p_movement: a row of the ledger. answer: the sort values that a cursor keeps.
-- locks: none.
create or replace function holdfast_engine_N.movement_order(
  p_movement holdfast.inventory_transactions
) returns jsonb
language sql stable as $$
  select jsonb_build_array(p_movement.recorded_at, coalesce(p_movement.level_id, 0),
    coalesce(p_movement.version, 0),
    coalesce(p_movement.reservation_id, '00000000-0000-0000-0000-000000000000'),
    coalesce(p_movement.line_no, 0), coalesce(p_movement.part_no, 0), p_movement.kind)
$$;

-- One movement as every read shows it.
-- p_movement: the row; the names of its kind, SKU and location. answer: changes that are not zero,
-- the balances after it (null for an untracked SKU), what it did to a channel's buffer, who, why,
-- when.
-- locks: none.
create or replace function holdfast_engine_N.movement_row(
  p_movement holdfast.inventory_transactions, p_kind text, p_sku text, p_location text
) returns jsonb
language sql stable as $$
  select jsonb_build_object(
    'kind', p_kind, 'sku', p_sku, 'location', p_location, 'version', p_movement.version,
    'changes', jsonb_strip_nulls(jsonb_build_object(
      'on_hand', p_movement.on_hand_change, 'held', p_movement.held_change,
      'committed', p_movement.committed_change, 'backordered', p_movement.backordered_change,
      'damaged', p_movement.damaged_change,
      'quality_control', p_movement.quality_control_change,
      'set_aside', p_movement.set_aside_change,
      'held_backordered', p_movement.held_backordered_change)),
    'balances', case when p_movement.level_id is not null then jsonb_build_object(
      'on_hand', p_movement.on_hand, 'held', p_movement.held,
      'committed', p_movement.committed, 'backordered', coalesce(p_movement.backordered, 0),
      'damaged', coalesce(p_movement.damaged, 0),
      'quality_control', coalesce(p_movement.quality_control, 0),
      'set_aside', coalesce(p_movement.set_aside, 0),
      'shortage', coalesce(p_movement.shortage, 0))
      || case when p_movement.held_backordered > 0
        then jsonb_build_object('held_backordered', p_movement.held_backordered) else '{}' end end,
    'available', p_movement.on_hand - p_movement.held - p_movement.committed
      - coalesce(p_movement.damaged, 0) - coalesce(p_movement.quality_control, 0)
      - coalesce(p_movement.set_aside, 0),
    'reservation_id', p_movement.reservation_id, 'line', p_movement.line_no,
    'part', p_movement.part_no, 'reason', p_movement.reason, 'document', p_movement.document,
    'actor_id', p_movement.actor_id, 'occurred_at', p_movement.occurred_at,
    'recorded_at', p_movement.recorded_at
  ) || coalesce((
    select jsonb_build_object('buffer', jsonb_build_object('channel', c.code, 'change', m.change,
      'units', m.units, 'size', m.size))
    from holdfast.buffer_moves m
    join holdfast.channels c on c.tenant_id = m.tenant_id and c.channel_id = m.channel_id
    where m.tenant_id = p_movement.tenant_id and m.level_id = p_movement.level_id
      and m.version = p_movement.version
  ), '{}')
$$;
