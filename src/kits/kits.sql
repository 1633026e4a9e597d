-- Shows a kit: what it is made of, and what it comes down to.
-- p_tenant_id int, p_sku_id int. answer: the kit as every verb and list shows it; null: it is none.
-- parts are the components with virtual kits among them taken apart.
-- locks: none.
create or replace function holdfast_engine_N.kit_row(p_tenant_id int, p_sku_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('sku', s.code, 'assembled', k.assembled,
    'ships_partial', k.ships_partial,
    'components', (
      select jsonb_agg(jsonb_build_object('sku', o.code, 'quantity', c.quantity,
        'kit', (select case when m.assembled then 'assembled' else 'virtual' end
          from holdfast.kits m where m.tenant_id = p_tenant_id and m.sku_id = c.sku_id)
      ) order by o.code)
      from holdfast.kit_components c
      join holdfast.skus o on o.tenant_id = p_tenant_id and o.sku_id = c.sku_id
      where c.tenant_id = p_tenant_id and c.kit_id = p_sku_id
    ),
    'parts', (
      select jsonb_agg(jsonb_build_object('sku', c.sku_code, 'quantity', c.per_kit)
        order by c.sku_code)
      from holdfast_engine_N.kit_parts(p_tenant_id, p_sku_id) as c
    ),
    'part_of', coalesce((
      select jsonb_agg(o.code order by o.code)
      from holdfast.kit_components c
      join holdfast.skus o on o.tenant_id = p_tenant_id and o.sku_id = c.kit_id
      where c.tenant_id = p_tenant_id and c.sku_id = p_sku_id), '[]'),
    'changed_at', k.changed_at)
  from holdfast.kits k
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = k.sku_id
  where k.tenant_id = p_tenant_id and k.sku_id = p_sku_id
$$;

-- Shows one kit, found through any code of its SKU.
-- p_request: {"sku"}. answer: the kit, or unknown_sku, kit_not_found.
-- locks: none.
create or replace function holdfast_engine_N.get_kit(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_code record;
begin
  select * into v_code from holdfast_engine_N.sku_of(p_tenant_id, p_request ->> 'sku');
  if not found then
    return holdfast_engine_N.no_sku(p_request ->> 'sku');
  end if;
  return coalesce('{"ok": true}' || holdfast_engine_N.kit_row(p_tenant_id, v_code.sku_id),
    holdfast_engine_N.no_kit(v_code.own_code));
end $$;

-- Lists kits.
-- p_request: "assembled" (of which sort), "component" (any code of a SKU: kits that have it),
-- "q" (in the code), "sort" (sku; - turns it around), "limit", "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_kits(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"sku": "text"}';
  v_refusal jsonb := holdfast_engine_N.check_page(p_request, '{"assembled": {"is": "boolean"},
    "component": {"is": "code", "max": 255}, "q": {"is": "text", "max": 255}}', v_sorts);
  v_component int;
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select c.sku_id into v_component
  from holdfast_engine_N.sku_of(p_tenant_id, p_request ->> 'component') as c;
  if v_component is null and p_request ->> 'component' is not null then
    return holdfast_engine_N.no_sku(p_request ->> 'component');
  end if;
  return holdfast_engine_N.page(p_tenant_id,
    p_request || jsonb_build_object('component_id', v_component), $from$
      select k.sku_id as id, s.code as sku
      from holdfast.kits k
      join holdfast.skus s on s.tenant_id = $1 and s.sku_id = k.sku_id
      where k.tenant_id = $1
        and ($2 ->> 'assembled' is null or k.assembled = ($2 ->> 'assembled')::boolean)
        and ($2 ->> 'component_id' is null or exists (
          select from holdfast.kit_components c where c.tenant_id = $1 and c.kit_id = k.sku_id
            and c.sku_id = ($2 ->> 'component_id')::int))
        and ($2 ->> 'q' is null
          or strpos(lower(s.code), lower(normalize($2 ->> 'q'))) > 0)
    $from$, v_sorts, 'sku', 'kit_row');
end $$;

-- Puts what may be had of virtual kits among the answers about SKUs.
-- p_data jsonb: of availability, one a code that was asked; p_location_id, p_channel_id int: null
-- for all.
-- answer: the same; of a virtual kit it says how many can be made up, location by location.
-- Only of a tenant that has kits.
-- locks: none.
create or replace function holdfast_engine_N.with_kits(
  p_tenant_id int, p_data jsonb, p_location_id int, p_channel_id int, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
begin
  return (
    select jsonb_agg(case when k.kit is null then d.row else d.row
      || holdfast_engine_N.kits_available(p_tenant_id, k.kit, p_location_id, p_channel_id,
        (d.row ->> 'factor')::bigint, d.row ? 'archived', p_now) end order by d.n)
    from jsonb_array_elements(p_data) with ordinality as d (row, n)
    left join holdfast.skus s on s.tenant_id = p_tenant_id and s.code = d.row ->> 'sku'
    cross join lateral (select holdfast_engine_N.kit_of(p_tenant_id, s.sku_id) as kit) as k);
end $$;

-- How many of a virtual kit there are: at each location as many as its scarcest component makes.
-- p_kit: of kit_of; p_location_id, p_channel_id int: null for all; p_factor bigint: kits in one of
-- the code that was asked; p_archived boolean. answer: {"kit", "tracked", "available", "sellable",
-- "locations", "parts", "promise"}; a location's version is the sum of its levels', and rises with
-- each of them.
-- locks: as next_promise.
create or replace function holdfast_engine_N.kits_available(
  p_tenant_id int, p_kit jsonb, p_location_id int, p_channel_id int, p_factor bigint,
  p_archived boolean, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_locations jsonb;
  v_tracked boolean := p_kit @? '$[*] ? (@.tracked == true)';
  v_places int[] := holdfast_engine_N.places_of_channel(p_tenant_id, p_channel_id);
begin
  select jsonb_agg(jsonb_build_object('location', f.location, 'available', f.available,
    'sellable', f.sellable, 'scarcest', f.scarcest, 'version', f.version, 'levels', f.levels)
    order by f.priority, f.location)
  into v_locations
  from (
    select p.code as location, p.priority, sum(u.version) as version,
      min(floor(u.available::numeric / u.per_kit / p_factor))::bigint as available,
      greatest(0, min(u.sellable / u.per_kit / p_factor)) as sellable,
      (array_agg(u.code order by u.sellable / u.per_kit, u.code))[1] as scarcest,
      jsonb_agg(jsonb_build_object('level_id', u.level_id, 'sellable', u.sellable,
        'units', u.per_kit * p_factor) order by u.level_id) as levels
    from (
      select l.level_id, l.location_id, c.sku_code as code, c.per_kit, l.version,
        (r.level ->> 'available')::bigint as available, case when p_channel_id is null
          then (r.level ->> 'sellable')::bigint
          else greatest(0, holdfast_engine_N.sellable_to(l.level,
            holdfast_engine_N.sellable(l.level) + l.buffered + o.units + o.waiting,
            p_channel_id)) end as sellable
      from jsonb_to_recordset(p_kit)
        as c (sku_id int, sku_code text, per_kit bigint, tracked boolean)
      cross join lateral (
        select l as level, l.* from holdfast.levels l
        where l.tenant_id = p_tenant_id and l.sku_id = c.sku_id
          and (p_location_id is null or l.location_id = p_location_id)
          and (v_places is null or l.location_id = any (v_places))
        offset 0 -- fenced: see touched_levels
      ) as l
      cross join lateral holdfast_engine_N.overdue_at(p_tenant_id, l.level_id, p_now) as o
      cross join lateral (
        select holdfast_engine_N.level_row(null, null, l.held, l.committed, l.on_hand, l.damaged,
          l.quality_control, l.set_aside, l.backordered, l.shortage, l.safety_stock,
          l.buffer_size + l.waiting + l.held_backordered - o.waiting, o.units, l.version,
          l.changed_at, p_now) as level
      ) as r
      where c.tracked
    ) as u
    join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = u.location_id
      and p.archived_at is null
    group by p.location_id, p.code, p.priority
    having count(*) = jsonb_array_length(
      jsonb_path_query_array(p_kit, '$[*] ? (@.tracked == true)'))
  ) as f;
  return jsonb_build_object('kit', true, 'tracked', v_tracked,
    'locations', coalesce((
      select jsonb_agg(l - 'levels' order by n)
      from jsonb_array_elements(v_locations) with ordinality as e (l, n)), '[]'),
    'parts', (select jsonb_agg(jsonb_build_object('sku', c -> 'sku_code',
      'quantity', c -> 'per_kit') order by c ->> 'sku_code') from jsonb_array_elements(p_kit) as c),
    'available', case when v_tracked then coalesce((
      select sum((l ->> 'available')::bigint) from jsonb_array_elements(v_locations) as l), 0) end,
    'sellable', case when v_tracked then case when p_archived then 0 else coalesce((
      select sum((l ->> 'sellable')::bigint) from jsonb_array_elements(v_locations) as l), 0) end
    end) || case when p_archived then '{}' else holdfast_engine_N.best_kit_promise(
      p_tenant_id, coalesce(v_locations, '[]'), p_channel_id, p_now) end;
end $$;
