-- The invariants of kits, run by verify: see src/ledger/invariants.sql.

-- Faults in what was built and broken down at a range of levels: each such movement is as many
-- units as the book of builds says, kits × units in one, so that components are conserved.
-- p_after int, p_until int: level ids, the first not included. rows: one a fault.
-- locks: none.
create or replace function holdfast_engine_N.build_faults(
  p_tenant_id int, p_after int, p_until int
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  select 'kit_build_unbalanced', t.level_id, null::uuid, 'version ' || t.version,
    coalesce(f.units || ' units', 'a build'), coalesce(t.on_hand_change, 0) || ' units'
  from holdfast.inventory_transactions t
  left join holdfast.kit_builds b on b.tenant_id = p_tenant_id and b.level_id = t.level_id
    and b.version = t.version
  cross join lateral (select coalesce(-b.kits * b.per_kit, b.kits) as units) as f
  where t.tenant_id = p_tenant_id and t.level_id > p_after and t.level_id <= p_until
    and t.kind in (30, 31)
    and (f.units is distinct from t.on_hand_change or (t.kind = 30) <> (b.kits > 0))
$$;

-- Faults in the kits that a range of reservations were sold as: the parts of each are so many whole
-- kits, the same number for all.
-- p_after uuid: an id, not included; p_until uuid. rows: one a fault.
-- locks: none.
create or replace function holdfast_engine_N.kit_promise_faults(
  p_tenant_id int, p_after uuid, p_until uuid
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  select 'kit_parts_differ', null::int, u.reservation_id, 'line ' || u.line_no,
    'all parts for as many kits', string_agg(distinct u.kits::text, ', ')
  from (
    select a.reservation_id, a.line_no, a.sold_as,
      coalesce(l.location_id, a.location_id) as location_id,
      trim_scale(a.quantity::numeric / a.per_kit) as kits
    from holdfast.allocations a
    left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = a.level_id
    where a.tenant_id = p_tenant_id and a.reservation_id > p_after
      and a.reservation_id <= p_until and a.sold_as is not null
  ) as u
  group by u.reservation_id, u.line_no, u.sold_as, u.location_id
  having count(distinct u.kits) > 1 or bool_or(u.kits <> trunc(u.kits))
$$;

-- Faults in what kits are made of, and in the book of builds: whole, and of nothing that is not
-- there.
-- p_tenant_id int. rows: one a fault.
-- locks: none.
create or replace function holdfast_engine_N.kit_faults(p_tenant_id int)
returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with recursive walk as (
    select c.kit_id, c.sku_id, 1 as depth
    from holdfast.kit_components c where c.tenant_id = p_tenant_id
    union
    select w.kit_id, c.sku_id, w.depth + 1
    from walk w
    join holdfast.kit_components c on c.tenant_id = p_tenant_id and c.kit_id = w.sku_id
    where w.depth < 4
  ), faults (code, what, expected, found) as (
    select 'kit_in_circle', 'kit ' || w.kit_id, 'three levels at most', 'a fourth'
    from walk w where w.depth = 4 group by w.kit_id
    union all
    select 'kit_without_components', 'kit ' || k.sku_id, 'a SKU and its components', null
    from holdfast.kits k
    where k.tenant_id = p_tenant_id and (
      not exists (select from holdfast.kit_components c
        where c.tenant_id = p_tenant_id and c.kit_id = k.sku_id)
      or not exists (select from holdfast.skus s
        where s.tenant_id = p_tenant_id and s.sku_id = k.sku_id))
    union all
    select 'kit_component_unknown', format('kit %s: SKU %s', c.kit_id, c.sku_id),
      'a kit, and a SKU that is not archived', null
    from holdfast.kit_components c
    where c.tenant_id = p_tenant_id and not exists (
      select from holdfast.kits k
      join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = c.sku_id
        and s.archived_at is null
      where k.tenant_id = p_tenant_id and k.sku_id = c.kit_id)
    union all
    select 'kit_build_unbalanced', 'build ' || b.build_id, 'kits, and parts of as many',
      string_agg(distinct b.kits::text, ', ')
    from holdfast.kit_builds b where b.tenant_id = p_tenant_id
    group by b.build_id
    having count(distinct b.kits) > 1 or count(*) filter (where b.per_kit is null) <> 1
  )
  select f.code, null::int, null::uuid, f.what, f.expected, f.found from faults f
$$;
