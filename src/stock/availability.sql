-- What may be sold now, for many codes in one statement. A pack counts in packs: what its units
-- make up, rounded down at each location, a virtual kit as what its components make up there;
-- promise says when one would ship. A code that leads nowhere has "unknown": true.
-- p_request: {"skus": at most 500 codes, "location", "channel": what this one may sell}. answer:
-- {"ok", "data": [one a code, in order], "as_of"}, or invalid_request, too_large, unknown_location,
-- unknown_channel. locks: none.
create or replace function holdfast_engine_N.availability(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
-- A few codes are asked for: the planner guessed more, and scanned all of the tenant's.
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_now timestamptz := holdfast.clock();
  v_place jsonb := holdfast_engine_N.place_of(p_tenant_id, p_request - 'sku');
  v_channel_id int := holdfast_engine_N.channel_of(p_tenant_id, p_request ->> 'channel');
  v_places int[] := holdfast_engine_N.places_of_channel(p_tenant_id, v_channel_id);
  v_codes text[];
  v_data jsonb;
begin
  if v_place ? 'refusal' then
    return v_place;
  end if;
  if p_request ->> 'channel' is not null and v_channel_id is null then
    return holdfast_engine_N.no_channel(p_request ->> 'channel');
  end if;
  if jsonb_typeof(p_request -> 'skus') is distinct from 'array'
    or jsonb_array_length(p_request -> 'skus') = 0
    or jsonb_path_exists(p_request -> 'skus', '$[*] ? (@.type() != "string")')
  then
    return holdfast_engine_N.refuse('invalid_request',
      'skus must be a list of at least one code.', '{"field": "skus"}');
  end if;
  if jsonb_array_length(p_request -> 'skus') > 500 then
    return holdfast_engine_N.refuse('too_large', 'At most 500 codes.',
      '{"field": "skus", "limit": 500}');
  end if;
  v_codes := array(select jsonb_array_elements_text(p_request -> 'skus'));

  with asked as (
    select a.code, a.ordinal, c.factor, s.sku_id, s.code as sku, s.unit, s.archived_at,
      s.tracked and t.tracked as tracked
    from unnest(v_codes) with ordinality as a (code, ordinal)
    cross join lateral (select normalize(a.code) as code offset 0) as n -- fenced: see wanted
    cross join holdfast.tenants t
    left join holdfast.sku_codes c on c.tenant_id = p_tenant_id and c.code = n.code
    left join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = c.sku_id
    where t.tenant_id = p_tenant_id
  ), stocked as (
    -- Fenced: each number was worked out anew wherever it is named below (half of the whole call).
    select l.sku_id, l.level_id, p.code as location, p.priority, l.version, f.available,
      greatest(0, case when v_channel_id is null then f.free - l.buffer_size
        else holdfast_engine_N.sellable_to(l, f.free, v_channel_id) end) as sellable
    from holdfast.levels l
    join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
    cross join lateral (
      select a.available, a.available - l.safety_stock - l.waiting - l.backordered
        - l.held_backordered + o.waiting as free
      from holdfast_engine_N.overdue_at(p_tenant_id, l.level_id, v_now) as o
      cross join lateral (select l.on_hand - l.held - l.committed - l.damaged
        - l.quality_control - l.set_aside + o.units as available) as a
      offset 0
    ) as f
    where l.tenant_id = p_tenant_id and p.archived_at is null
      and l.sku_id = any (array(select a.sku_id from asked a where a.tracked))
      and (v_place ->> 'location_id' is null
        or l.location_id = (v_place ->> 'location_id')::int)
      and (v_places is null or l.location_id = any (v_places))
  ), counted as (
    select a.ordinal,
      sum(floor(s.available::numeric / a.factor))::bigint as available,
      sum(s.sellable / a.factor)::bigint as sellable,
      jsonb_agg(jsonb_build_object(
        'location', s.location,
        'available', floor(s.available::numeric / a.factor)::bigint,
        'sellable', s.sellable / a.factor,
        'version', s.version) order by s.priority, s.location) as locations,
      array_agg(s.level_id order by s.priority, s.location) as levels,
      array_agg(s.sellable / a.factor order by s.priority, s.location) as sellables
    from asked a
    join stocked s on s.sku_id = a.sku_id
    group by a.ordinal
  )
  select jsonb_agg(case
    when a.sku_id is null then
      jsonb_build_object('sku', a.code, 'unknown', true, 'tracked', true, 'available', 0,
        'sellable', 0, 'locations', '[]'::jsonb)
    else jsonb_build_object('sku', a.sku, 'tracked', a.tracked, 'unit', a.unit,
        'factor', a.factor,
        'available', case when a.tracked then coalesce(c.available, 0) end,
        'sellable', case when a.tracked
          then case when a.archived_at is null then coalesce(c.sellable, 0) else 0 end end,
        'locations', coalesce(c.locations, '[]'))
      || case when a.archived_at is null then holdfast_engine_N.best_promise(
        p_tenant_id, c.levels, c.sellables, v_channel_id, v_now) else '{}' end
      || case when a.code <> a.sku then jsonb_build_object('asked_as', a.code) else '{}' end
      || case when a.archived_at is null then '{}' else '{"archived": true}'::jsonb end
      || case when c.sellable > 0 or c.levels is null then '{}' else jsonb_build_object(
        'next_expires_at', holdfast_engine_N.next_expiry(p_tenant_id, c.levels, v_now)) end
    end || jsonb_build_object('as_of', v_now) order by a.ordinal)
  into v_data
  from asked a
  left join counted c on c.ordinal = a.ordinal;
  if exists (select from holdfast.tenants t where t.tenant_id = p_tenant_id and t.has_kits) then
    v_data := holdfast_engine_N.with_kits(
      p_tenant_id, v_data, (v_place ->> 'location_id')::int, v_channel_id, v_now);
  end if;
  return jsonb_build_object('ok', true, 'data', v_data, 'as_of', v_now);
end $$;
