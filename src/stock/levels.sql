-- Lists levels with all their counters. Units of holds whose time is over count as free at once,
-- whether or not anybody has tidied up (overdue).
-- p_request: {"sku", "location", "q": part of a code or title, "limit", "cursor", "sort"}. answer:
-- {"ok", "data", "next_cursor"}, or unknown_sku, unknown_location, invalid_request. locks: none.
create or replace function holdfast_engine_N.list_levels(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set jit = off -- a page is read in less time than compiling takes
-- A plan made while the tables were small would scan all of the tenant's SKUs later.
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_page jsonb := holdfast_engine_N.open_page(
    p_request, array['sku', '-sku'], array['text', 'text']);
  v_place jsonb := holdfast_engine_N.place_of(p_tenant_id, p_request);
  v_now timestamptz := holdfast.clock();
  v_rows jsonb;
begin
  if v_page ? 'refusal' then
    return v_page;
  end if;
  if v_place ? 'refusal' then
    return v_place;
  end if;
  execute format($statement$
    with listed as (
      select l.*, s.code as sku, p.code as location
      from holdfast.levels l
      join holdfast.skus s on s.tenant_id = $1 and s.sku_id = l.sku_id
      join holdfast.locations p on p.tenant_id = $1 and p.location_id = l.location_id
      where l.tenant_id = $1
        and ($2 is null or l.sku_id = $2) and ($3 is null or l.location_id = $3)
        and ($4 is null or (s.code, p.code) %2$s ($4, $5))
        and ($6 is null or holdfast_engine_N.sku_matches($1, l.sku_id, s.code, $6))
      order by s.code %1$s, p.code %1$s
      limit $7 + 1
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'row', holdfast_engine_N.level_row(l.sku, l.location, l.held, l.committed, l.on_hand,
        l.damaged, l.quality_control, l.set_aside, l.backordered, l.shortage, l.safety_stock,
        l.buffer_size + l.waiting + l.held_backordered - o.waiting, o.units, l.version,
        l.changed_at, $8)
        || holdfast_engine_N.queue_row(l.backordered, l.held_backordered - o.waiting,
          l.backorder_ceiling),
      'at', jsonb_build_array(l.sku, l.location)) order by l.sku %1$s, l.location %1$s), '[]')
    from listed l
    cross join lateral holdfast_engine_N.overdue_at($1, l.level_id, $8) as o
    $statement$,
    case when (v_page ->> 'descending')::boolean then 'desc' else 'asc' end,
    case when (v_page ->> 'descending')::boolean then '<' else '>' end
  )
  into v_rows
  using p_tenant_id, (v_place ->> 'sku_id')::int, (v_place ->> 'location_id')::int,
    v_page -> 'after' ->> 0, v_page -> 'after' ->> 1, nullif(p_request ->> 'q', ''),
    (v_page ->> 'limit')::int, v_now;
  return holdfast_engine_N.close_page(v_rows, v_page);
end $$;

-- Units at a level that are still counted as held, although their hold's time is over.
-- p_level_id int, p_now timestamptz. rows: one, the units, and those that such holds wait for.
-- One index of what is held by expiry in each form finds them, so this costs what is overdue.
-- locks: none.
create or replace function holdfast_engine_N.overdue_at(
  p_tenant_id int, p_level_id int, p_now timestamptz
) returns table (units bigint, waiting bigint)
language sql stable rows 1 as $$
  select (coalesce((
      select sum(r.held) from holdfast.reservations r
      where r.tenant_id = p_tenant_id and r.level_id = p_level_id and r.held > 0
        and r.expires_at <= p_now
    ), 0) + coalesce((
      select sum(a.held) from holdfast.allocations a
      where a.tenant_id = p_tenant_id and a.level_id = p_level_id and a.held > 0
        and a.expires_at <= p_now
    ), 0))::bigint,
    coalesce((
      select sum(b.held_backordered) from holdfast.backorders b
      where b.tenant_id = p_tenant_id and b.level_id = p_level_id and b.held_backordered > 0
        and b.expires_at <= p_now
    ), 0)::bigint
$$;

-- True when a text occurs in a SKU's code, in another code of it or in its product's title, or is
-- its barcode.
-- p_sku_id int, p_code text: the SKU; p_text text. answer: boolean.
-- locks: none.
create or replace function holdfast_engine_N.sku_matches(
  p_tenant_id int, p_sku_id int, p_code text, p_text text
) returns boolean
language sql stable as $$
  select strpos(lower(p_code), lower(p_text)) > 0
    or exists (
      select from holdfast.sku_codes c where c.tenant_id = p_tenant_id and c.sku_id = p_sku_id
        and strpos(lower(c.code), lower(p_text)) > 0
    )
    or exists (
      select from holdfast.barcodes b where b.tenant_id = p_tenant_id and b.sku_id = p_sku_id
        and b.barcode = p_text
    )
    or exists (
      select from holdfast.variants v
      join holdfast.products t on t.tenant_id = p_tenant_id and t.product_id = v.product_id
      where v.tenant_id = p_tenant_id and v.sku_id = p_sku_id
        and strpos(lower(t.title), lower(p_text)) > 0
    )
$$;

-- One level as every read shows it.
-- the level's counters; p_kept bigint: buffers and units owed beyond p_backordered; p_overdue.
-- answer: the row. held is what the level counts, overdue the part of it that is free already.
-- locks: none.
create or replace function holdfast_engine_N.level_row(
  p_sku text, p_location text, p_held bigint, p_committed bigint, p_on_hand bigint,
  p_damaged bigint, p_quality_control bigint, p_set_aside bigint, p_backordered bigint,
  p_shortage bigint, p_safety_stock bigint, p_kept bigint, p_overdue bigint, p_version bigint,
  p_changed_at timestamptz, p_as_of timestamptz
) returns jsonb
language sql immutable as $$
  select jsonb_build_object(
    'sku', p_sku, 'location', p_location, 'on_hand', p_on_hand, 'held', p_held,
    'committed', p_committed, 'reserved', p_held + p_committed, 'damaged', p_damaged,
    'quality_control', p_quality_control, 'set_aside', p_set_aside,
    'unavailable', p_damaged + p_quality_control + p_set_aside, 'backordered', p_backordered,
    'shortage', p_shortage, 'safety_stock', p_safety_stock, 'overdue', p_overdue,
    'available', free.units,
    'sellable', greatest(0, free.units - p_safety_stock - p_kept - p_backordered),
    'version', p_version,
    'changed_at', case when p_changed_at > '-infinity' then p_changed_at end,
    'as_of', p_as_of
  )
  from (
    select p_on_hand - p_held - p_committed - p_damaged - p_quality_control - p_set_aside
      + p_overdue as units
  ) as free
$$;

-- What a level shows of its queue beyond what is backordered.
-- p_backordered, p_held_backordered bigint: units that wait, of orders and of holds in time;
-- p_ceiling bigint. answer: {} where nobody waits.
-- locks: none.
create or replace function holdfast_engine_N.queue_row(
  p_backordered bigint, p_held_backordered bigint, p_ceiling bigint
) returns jsonb
language sql immutable as $$
  select case when p_backordered + p_held_backordered > 0 then jsonb_build_object(
    'held_backordered', p_held_backordered, 'backorder_ceiling', p_ceiling) else '{}' end
$$;
