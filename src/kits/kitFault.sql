-- What is wrong with the kits that one change has touched: this kit, and all that contain it.
-- p_read jsonb: of read_kit; its components are written already. answer: kit_in_circle,
-- kit_too_deep, too_large, or null.
-- locks: none; the tenant's row is locked, so that no other writer of kits is under way.
create or replace function holdfast_engine_N.kit_fault(p_tenant_id int, p_read jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sku_id int := (p_read ->> 'sku_id')::int;
  v_circle int[] := case when p_read -> 'components' @> jsonb_build_array(jsonb_build_object(
    'sku_id', v_sku_id)) then array[v_sku_id, v_sku_id] end;
  v_fault record;
begin
  if v_circle is null then
    v_circle := holdfast_engine_N.circle_of(p_tenant_id, v_sku_id);
  end if;
  if v_circle is not null then
    return holdfast_engine_N.refuse('kit_in_circle',
      'A kit cannot contain itself, not even through other kits.',
      jsonb_build_object('sku', p_read -> 'sku', 'circle', (
        select jsonb_agg(s.code order by c.n)
        from unnest(v_circle) with ordinality as c (sku_id, n)
        join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = c.sku_id)));
  end if;
  select max(f.depth) as depth, bool_or(f.parts > 100 or f.units > 1000000) as large into v_fault
  from holdfast_engine_N.kits_above(p_tenant_id, v_sku_id) as k (sku_id)
  cross join lateral holdfast_engine_N.size_of_kit(p_tenant_id, k.sku_id) as f;
  if v_fault.depth > 3 then
    return holdfast_engine_N.refuse('kit_too_deep', 'Kits are nested to three levels at most.',
      jsonb_build_object('sku', p_read -> 'sku', 'levels', v_fault.depth, 'limit', 3));
  end if;
  return case when v_fault.large then holdfast_engine_N.kit_too_large() end;
end $$;

-- The way from a kit back to itself.
-- p_sku_id int. answer: the SKUs of the way, the kit at both ends; null: there is none.
-- No circle was there before, so that a new one goes through the kit that was changed.
-- locks: none.
create or replace function holdfast_engine_N.circle_of(p_tenant_id int, p_sku_id int)
returns int[]
language sql volatile as $$
  with recursive walk as (
    select c.sku_id, array[c.kit_id, c.sku_id] as way
    from holdfast.kit_components c
    where c.tenant_id = p_tenant_id and c.kit_id = p_sku_id
    union all
    select c.sku_id, w.way || c.sku_id
    from walk w
    join holdfast.kit_components c on c.tenant_id = p_tenant_id and c.kit_id = w.sku_id
    where w.sku_id <> p_sku_id and cardinality(w.way) < 8
  )
  select w.way from walk w where w.sku_id = p_sku_id
  order by cardinality(w.way), w.way limit 1
$$;

-- A kit, and all kits that contain it.
-- p_sku_id int. rows: SKUs of kits. There is no circle to be caught in: see kit_fault.
-- locks: none.
create or replace function holdfast_engine_N.kits_above(p_tenant_id int, p_sku_id int)
returns setof int
language sql volatile rows 3 as $$
  with recursive above as (
    select p_sku_id as sku_id
    union
    select c.kit_id from above a
    join holdfast.kit_components c on c.tenant_id = p_tenant_id and c.sku_id = a.sku_id
  )
  select a.sku_id from above a
$$;

-- How large a kit is, taken apart wholly, assembled kits too.
-- p_sku_id int. answer: levels of kits, SKUs that are no kits, the most units of one of them.
-- Beyond four levels nobody counts: it is too deep.
-- locks: none.
create or replace function holdfast_engine_N.size_of_kit(
  p_tenant_id int, p_sku_id int, out depth int, out parts int, out units numeric
)
language sql volatile as $$
  with recursive walk as (
    select c.sku_id, c.quantity::numeric as units, 1 as depth
    from holdfast.kit_components c
    where c.tenant_id = p_tenant_id and c.kit_id = p_sku_id
    union all
    select c.sku_id, w.units * c.quantity, w.depth + 1
    from walk w
    join holdfast.kit_components c on c.tenant_id = p_tenant_id and c.kit_id = w.sku_id
    where w.depth < 4
  )
  select max(s.depth), count(*)::int, max(s.units)
  from (select w.sku_id, max(w.depth) as depth, sum(w.units) as units from walk w
    group by w.sku_id) as s
$$;
