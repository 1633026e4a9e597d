-- Lists levels as a person looks through them: with their product, by any counter, or only those of
-- one state. The order is that of the counters; what is overdue is taken off in what is shown.
-- p_request: "q" (as skus_matching), "location", "product" (handle), "state", "available_max",
-- "sort" (sku, on_hand, available, held, committed, unavailable, shortage, changed_at; - turns it
-- around), "limit", "cursor". answer: a page, or unknown_location, invalid_request. locks: none.
create or replace function holdfast_engine_N.list_inventory(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set jit = off -- a page is read in less time than compiling takes
as $$
declare
  v_sorts jsonb := '{"sku": "text", "on_hand": "bigint", "available": "bigint",
    "held": "bigint", "committed": "bigint", "unavailable": "bigint", "shortage": "bigint",
    "changed_at": "timestamptz"}';
  v_refusal jsonb;
begin
  v_refusal := coalesce(
    holdfast_engine_N.check_page(p_request, '{"q": {"is": "text", "max": 255},
      "location": {"is": "code", "max": 100}, "product": {"is": "code", "max": 255},
      "available_max": {"is": "integer", "least": 0, "most": 1000000000000},
      "state": {"is": "choice", "of": ["short", "sold_out", "available", "held", "committed",
        "unavailable", "backordered"]}}', v_sorts),
    holdfast_engine_N.refuse_place(p_tenant_id, p_request),
    holdfast_engine_N.refuse_cursor_value(p_request, v_sorts));
  if v_refusal is not null then
    return v_refusal;
  end if;
  return holdfast_engine_N.page(p_tenant_id, p_request, format($from$
    select l.level_id as id, %s l.on_hand, l.held, l.committed, l.shortage, l.changed_at,
      l.damaged + l.quality_control + l.set_aside as unavailable,
      l.on_hand - l.held - l.committed - l.damaged - l.quality_control - l.set_aside as available
    from holdfast.levels l
    join holdfast.skus s on s.tenant_id = $1 and s.sku_id = l.sku_id and s.archived_at is null
    where l.tenant_id = $1
      and ($2 ->> 'location' is null or l.location_id = (
        select p.location_id from holdfast.locations p
        where p.tenant_id = $1 and p.code = normalize($2 ->> 'location')))
      and ($2 ->> 'product' is null or l.sku_id in (
        select v.sku_id from holdfast.variants v
        join holdfast.products p on p.tenant_id = $1 and p.product_id = v.product_id
        where v.tenant_id = $1 and p.handle = normalize($2 ->> 'product')))
      and ($2 ->> 'q' is null or l.sku_id in (
        select m.sku_id from holdfast_engine_N.skus_matching($1, $2 ->> 'q') as m))
      and ($2 ->> 'available_max' is null or l.on_hand - l.held - l.committed - l.damaged
        - l.quality_control - l.set_aside <= ($2 ->> 'available_max')::bigint)
      and %s
    $from$, case when ltrim(p_request ->> 'sort', '-') = 'sku' or p_request ->> 'sort' is null
      then 's.code as sku,' else '' end,
    holdfast_engine_N.inventory_filter(p_request ->> 'state')), v_sorts, 'sku', 'inventory_row');
end $$;

-- The condition that a state puts on a level, as SQL of this house.
-- p_state text: one of those of list_inventory, or null. answer: the condition.
-- locks: none.
create or replace function holdfast_engine_N.inventory_filter(p_state text) returns text
language sql immutable as $$
  select case p_state
    when 'short' then 'l.shortage > 0'
    when 'sold_out' then 'l.on_hand - l.held - l.committed - l.damaged - l.quality_control
      - l.set_aside <= 0'
    when 'available' then 'l.on_hand - l.held - l.committed - l.damaged - l.quality_control
      - l.set_aside > 0'
    when 'held' then 'l.held > 0'
    when 'committed' then 'l.committed > 0'
    when 'unavailable' then 'l.damaged + l.quality_control + l.set_aside > 0'
    when 'backordered' then 'l.backordered > 0'
    else 'true'
  end
$$;

-- The refusal of a location that nobody knows.
-- p_request: "location". answer: unknown_location, or null.
-- locks: none.
create or replace function holdfast_engine_N.refuse_place(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select case when place ? 'refusal' then place end
  from holdfast_engine_N.place_of(p_tenant_id,
    jsonb_strip_nulls(jsonb_build_object('location', p_request ->> 'location'))) as place
$$;

-- The refusal of a cursor whose value is none of the column that orders the list.
-- p_sorts jsonb: column → type. answer: invalid_request, or null.
-- A cursor comes back as it was given, unless somebody has tampered with it.
-- locks: none.
create or replace function holdfast_engine_N.refuse_cursor_value(p_request jsonb, p_sorts jsonb)
returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('invalid_request', 'This cursor is not one of this list.',
    '{"field": "cursor"}')
  where p_sorts ->> ltrim(p_request ->> 'sort', '-') = 'bigint'
    and p_request ->> 'cursor' is not null
    and coalesce(holdfast_engine_N.cursor_values(p_request ->> 'cursor') ->> 1, '')
      !~ '^-?[0-9]{1,18}$'
$$;

-- The SKUs that a text finds: in a code of theirs, in their product's title, or as their barcode.
-- p_text text. rows: the SKUs, each once.
-- Each table is read once, so this takes as long for one SKU found as for all of them.
-- locks: none.
create or replace function holdfast_engine_N.skus_matching(p_tenant_id int, p_text text)
returns table (sku_id int)
language sql stable as $$
  select c.sku_id from holdfast.sku_codes c
  where c.tenant_id = p_tenant_id and strpos(lower(c.code), lower(normalize(p_text))) > 0
  union
  select b.sku_id from holdfast.barcodes b
  where b.tenant_id = p_tenant_id and b.barcode = normalize(p_text)
  union
  select v.sku_id from holdfast.products t
  join holdfast.variants v on v.tenant_id = p_tenant_id and v.product_id = t.product_id
  where t.tenant_id = p_tenant_id and strpos(lower(t.title), lower(normalize(p_text))) > 0
$$;

-- One level with what it is called.
-- p_level_id int. answer: level_row, and the product, the option values and the unit.
-- locks: none.
create or replace function holdfast_engine_N.inventory_row(p_tenant_id int, p_level_id int)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.level_row(s.code, p.code, l.held, l.committed, l.on_hand,
      l.damaged, l.quality_control, l.set_aside, l.backordered, l.shortage, l.safety_stock,
      l.buffer_size + l.waiting + l.held_backordered - o.waiting, o.units, l.version, l.changed_at,
      holdfast.clock())
    || holdfast_engine_N.queue_row(l.backordered, l.held_backordered - o.waiting,
      l.backorder_ceiling)
    || jsonb_build_object('location_name', p.name, 'unit', s.unit,
      'unit_decimals', s.unit_decimals, 'product', shown.handle, 'title', shown.title,
      'option_values', coalesce(to_jsonb(shown.option_values), '[]'))
  from holdfast.levels l
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
  cross join lateral holdfast_engine_N.overdue_at(p_tenant_id, l.level_id, holdfast.clock())
    as o
  left join lateral (
    select t.handle, t.title, v.option_values
    from holdfast.variants v
    join holdfast.products t on t.tenant_id = p_tenant_id and t.product_id = v.product_id
    where v.tenant_id = p_tenant_id and v.sku_id = l.sku_id
    order by v.archived_at is not null, v.variant_id
    limit 1
  ) as shown on true
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id
$$;
