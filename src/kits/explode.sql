-- What one of a kit is made of, down to what is counted: a virtual kit among its components is
-- taken apart, an assembled one counts as it is. Each SKU stands once, with the sum of its units.
-- p_sku_id int: the kit. rows: SKU, its code, units in one kit, whether it is counted; none where
-- the SKU is no kit. At most three levels are there to walk.
-- locks: none.
create or replace function holdfast_engine_N.kit_parts(p_tenant_id int, p_sku_id int)
returns table (sku_id int, sku_code text, per_kit bigint, tracked boolean)
language plpgsql volatile rows 3 as $$
#variable_conflict use_column
begin
  return query
  with recursive parts as (
    select c.sku_id, c.quantity, 1 as depth
    from holdfast.kit_components c
    where c.tenant_id = p_tenant_id and c.kit_id = p_sku_id
    union all
    select c.sku_id, p.quantity * c.quantity, p.depth + 1
    from parts p
    join holdfast.kits k on k.tenant_id = p_tenant_id and k.sku_id = p.sku_id and not k.assembled
    join holdfast.kit_components c on c.tenant_id = p_tenant_id and c.kit_id = p.sku_id
    where p.depth < 3
  )
  select p.sku_id, s.code, p.units, s.tracked and t.tracked
  from (
    select p.sku_id, sum(p.quantity)::bigint as units
    from parts p
    where not exists (
      select from holdfast.kits k
      where k.tenant_id = p_tenant_id and k.sku_id = p.sku_id and not k.assembled)
    group by p.sku_id
    offset 0 -- fenced: see wanted
  ) as p
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = p.sku_id
  cross join holdfast.tenants t
  where t.tenant_id = p_tenant_id
  order by p.sku_id;
end $$;

-- What a line that names a virtual kit asks for instead of the kit.
-- p_sku_id int. answer: [{"sku_id", "sku_code", "per_kit", "tracked"}], by SKU; null for any other
-- SKU. Asked once a call, of tenants that have kits: see wanted.
-- locks: none.
create or replace function holdfast_engine_N.kit_of(p_tenant_id int, p_sku_id int) returns jsonb
language plpgsql volatile as $$
begin
  if not holdfast_engine_N.is_virtual_kit(p_tenant_id, p_sku_id) then
    return null;
  end if;
  return (
    select jsonb_agg(to_jsonb(c) order by c.sku_id)
    from holdfast_engine_N.kit_parts(p_tenant_id, p_sku_id) as c);
end $$;

-- True for a kit that has no level, since it is counted by its components.
-- p_sku_id int. answer: boolean.
-- locks: none.
create or replace function holdfast_engine_N.is_virtual_kit(p_tenant_id int, p_sku_id int)
returns boolean
language plpgsql volatile as $$
begin
  return exists (
    select from holdfast.kits k
    where k.tenant_id = p_tenant_id and k.sku_id = p_sku_id and not k.assembled);
end $$;

-- Refuses to count a kit that has no level.
-- p_sku_code text. answer: the refusal.
-- locks: none.
create or replace function holdfast_engine_N.no_level_of_kit(p_sku_code text) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('kit_is_virtual',
    format('%s is counted by its components and has no stock of its own.', p_sku_code),
    jsonb_build_object('sku', p_sku_code))
$$;

-- The levels that the components of kits may be taken from.
-- p_requests jsonb: resolved. rows: request and level, those of virtual kits' components only.
-- locks: none.
create or replace function holdfast_engine_N.levels_of_kits(p_tenant_id int, p_requests jsonb)
returns table (request_no int, level_id int)
language plpgsql volatile rows 5 as $$
#variable_conflict use_column
begin
  return query
  select r.ordinal::int, l.level_id
  from jsonb_array_elements(p_requests) with ordinality as r (request, ordinal)
  cross join lateral holdfast_engine_N.resolved(r.request) as w
  cross join lateral jsonb_to_recordset(coalesce(w.kit, '[]')) as c (sku_id int)
  cross join lateral (
    select l.level_id from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.sku_id = c.sku_id
      and (l.location_id = w.location_id or w.location_code is null)
    offset 0 -- fenced: see touched_levels
  ) as l;
end $$;

-- The kits that a SKU is a component of.
-- p_sku_id int. answer: their codes, sorted; null: there is none.
-- locks: none.
create or replace function holdfast_engine_N.kits_with(p_tenant_id int, p_sku_id int)
returns jsonb
language sql volatile as $$
  select jsonb_agg(s.code order by s.code)
  from holdfast.kit_components c
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = c.kit_id
  where c.tenant_id = p_tenant_id and c.sku_id = p_sku_id
$$;

-- Makes another SKU the component of all kits that had this one: a merge.
-- p_from_id int, p_into_id int: SKUs, none of them a kit. answer: nothing.
-- Where a kit has both, their units add up.
-- locks: the rows; the SKUs are locked.
create or replace function holdfast_engine_N.merge_components(
  p_tenant_id int, p_from_id int, p_into_id int
) returns void
language sql volatile as $$
  update holdfast.kit_components c set quantity = c.quantity + f.quantity
  from holdfast.kit_components f
  where c.tenant_id = p_tenant_id and c.sku_id = p_into_id
    and f.tenant_id = p_tenant_id and f.sku_id = p_from_id and f.kit_id = c.kit_id;
  update holdfast.kit_components c set sku_id = p_into_id
  where c.tenant_id = p_tenant_id and c.sku_id = p_from_id and not exists (
    select from holdfast.kit_components b where b.tenant_id = p_tenant_id
      and b.kit_id = c.kit_id and b.sku_id = p_into_id);
  delete from holdfast.kit_components c
  where c.tenant_id = p_tenant_id and c.sku_id = p_from_id;
$$;
