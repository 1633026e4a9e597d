-- Writes down what was refused, summed up by whoever gathers it: one row a day, SKU, location,
-- channel and reason, whatever the storm.
-- p_request: {"lost": [{"sku", "location", "channel", "reason", "refusals", "units"}]}, at most
-- 1,000. answer: {"ok", "kept"}. What names nothing of ours is left out.
-- locks: the rows, in their order.
create or replace function holdfast_engine_N.note_lost_demand(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_kept int;
begin
  insert into holdfast.lost_demand as d (
    tenant_id, day, sku_id, location_id, channel_id, reason, refusals, units
  )
  select p_tenant_id, (holdfast.clock() at time zone 'UTC')::date, w.sku_id, w.location_id,
    w.channel_id, w.reason, sum(w.refusals), sum(w.units)
  from (
    select c.sku_id, coalesce(p.location_id, 0) as location_id,
      coalesce(holdfast_engine_N.channel_of(p_tenant_id, l.channel), 0) as channel_id,
      l.reason, l.refusals, l.units * c.factor as units
    from jsonb_to_recordset(p_request -> 'lost') as l (sku text, location text, channel text,
      reason text, refusals bigint, units bigint)
    cross join lateral (select normalize(l.sku) as code offset 0) as n -- fenced: see wanted
    cross join lateral (
      select s.sku_id, s.factor from holdfast.sku_codes s
      where s.tenant_id = p_tenant_id and s.code = n.code offset 0
    ) as c
    left join holdfast.locations p
      on p.tenant_id = p_tenant_id and p.code = normalize(l.location)
    limit 1000
  ) as w
  group by w.sku_id, w.location_id, w.channel_id, w.reason
  order by w.sku_id, w.location_id, w.channel_id, w.reason
  on conflict (tenant_id, day, sku_id, location_id, channel_id, reason) do update set
    refusals = d.refusals + excluded.refusals, units = d.units + excluded.units;
  get diagnostics v_kept = row_count;
  return jsonb_build_object('ok', true, 'kept', v_kept);
end $$;

-- Lists lost demand by day, the newest first.
-- p_request: "sku", "location", "from", "to" (days; to counts), "limit", "cursor". answer: a page
-- of {day, sku, location (null: anywhere), channel, reason, refusals, units}; or unknown_sku,
-- unknown_location, invalid_request.
-- locks: none.
create or replace function holdfast_engine_N.list_lost_demand(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set jit = off
as $$
declare
  v_page jsonb;
  v_place jsonb;
  v_after jsonb;
  v_rows jsonb;
begin
  v_page := coalesce(holdfast_engine_N.check_fields(p_request, '{
      "sku": {"is": "text", "max": 255}, "location": {"is": "text", "max": 100},
      "from": {"is": "day"}, "to": {"is": "day"},
      "limit": {"is": "integer", "least": 1, "most": 250},
      "cursor": {"is": "text", "max": 8192}, "sort": {"is": "text", "max": 50}}'),
    holdfast_engine_N.open_page(
      p_request, array['-day'], array['date', 'int', 'int', 'int', 'text']));
  v_place := holdfast_engine_N.place_of(p_tenant_id, p_request);
  if v_page ? 'refusal' or v_place ? 'refusal' then
    return case when v_page ? 'refusal' then v_page else v_place end;
  end if;
  v_after := nullif(v_page -> 'after', 'null');
  with found as (
    select d.* from holdfast.lost_demand d
    where d.tenant_id = p_tenant_id
      and (v_place ->> 'sku_id' is null or d.sku_id = (v_place ->> 'sku_id')::int)
      and (v_place ->> 'location_id' is null
        or d.location_id = (v_place ->> 'location_id')::int)
      and d.day >= coalesce(holdfast_engine_N.day_of(p_request -> 'from'), '-infinity')
      and d.day <= coalesce(holdfast_engine_N.day_of(p_request -> 'to'), 'infinity')
      and (v_after is null or (d.day, d.sku_id, d.location_id, d.channel_id, d.reason)
        < ((v_after ->> 0)::date, (v_after ->> 1)::int, (v_after ->> 2)::int,
          (v_after ->> 3)::int, v_after ->> 4))
    order by d.day desc, d.sku_id desc, d.location_id desc, d.channel_id desc, d.reason desc
    limit (v_page ->> 'limit')::int + 1
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'row', jsonb_build_object('day', f.day, 'sku', s.code, 'location', p.code,
      'channel', c.code, 'reason', f.reason, 'refusals', f.refusals, 'units', f.units),
    'at', jsonb_build_array(f.day, f.sku_id, f.location_id, f.channel_id, f.reason))
    order by f.day desc, f.sku_id desc, f.location_id desc, f.channel_id desc, f.reason desc), '[]')
  into v_rows
  from found f
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = f.sku_id
  left join holdfast.locations p
    on p.tenant_id = p_tenant_id and p.location_id = f.location_id
  left join holdfast.channels c on c.tenant_id = p_tenant_id and c.channel_id = f.channel_id;
  return holdfast_engine_N.close_page(v_rows, v_page);
end $$;
