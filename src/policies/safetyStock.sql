-- The safety stock of a SKU at a location, by the rules.
-- p_tenant_id int, p_sku_id int, p_location_id int. answer: units; 0 where no rule says anything.
-- Rules of safety stock know no channel, tier or time.
-- locks: none.
create or replace function holdfast_engine_N.safety_stock_of(
  p_tenant_id int, p_sku_id int, p_location_id int
) returns bigint
language plpgsql volatile as $$
begin
  return coalesce((
    select r.safety_stock
    from holdfast_engine_N.rules_for(
      p_tenant_id, p_sku_id, p_location_id, null, null, holdfast.clock()) with ordinality as r
    where r.safety_stock is not null
    order by r.ordinality limit 1
  ), 0);
end $$;

-- The levels for which lines may change what the rules say of a field.
-- p_lines jsonb: from read_rule_line; p_field text. answer: their ids.
-- A line that sets or clears a rule with the field covers those of its scope.
-- locks: none.
create or replace function holdfast_engine_N.levels_of_lines(
  p_tenant_id int, p_lines jsonb, p_field text
) returns int[]
language plpgsql volatile as $$
declare
  v_rules holdfast.policies[];
begin
  select array_agg(case when f.rule_id is null
    then jsonb_populate_record(null::holdfast.policies, e.line -> 'scope') else f end)
  into v_rules
  from jsonb_array_elements(p_lines) as e (line)
  cross join lateral holdfast_engine_N.rule_found(p_tenant_id, e.line) as f
  where not e.line ? 'refusal'
    and (e.line -> 'fields' ? p_field or to_jsonb(f) ->> p_field is not null);
  return array(
    select c.level_id from unnest(v_rules) as r
    cross join lateral holdfast_engine_N.levels_of_rule(p_tenant_id, r) as c (level_id));
end $$;

-- The levels from which sales are made that a rule may hold for.
-- p_rule holdfast.policies. rows: level ids.
-- Channel, tier and time are a matter of the sale.
-- locks: none.
create or replace function holdfast_engine_N.levels_of_rule(
  p_tenant_id int, p_rule holdfast.policies
) returns setof int
language plpgsql volatile as $$
begin
  if p_rule.sku_id is null and p_rule.product_id is null then
    return query select l.level_id from holdfast.levels l
    where l.tenant_id = p_tenant_id
      and (p_rule.location_id is null or l.location_id = p_rule.location_id);
  else
    return query select l.level_id
    from (
      select p_rule.sku_id as sku_id where p_rule.sku_id is not null
      union
      select v.sku_id from holdfast.variants v
      where v.tenant_id = p_tenant_id and v.product_id = p_rule.product_id
        and v.archived_at is null
      offset 0 -- fenced: see touched_levels
    ) as s
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.sku_id = s.sku_id
      and (p_rule.location_id is null or l.location_id = p_rule.location_id);
  end if;
end $$;

-- Brings levels to the safety stock that the rules say.
-- p_levels int[]: locked. answer: nothing.
-- No movement: safety stock is a wish, and what the books have stays as it is.
-- locks: none more.
create or replace function holdfast_engine_N.keep_safety_stock(p_tenant_id int, p_levels int[])
returns void
language plpgsql volatile as $$
begin
  update holdfast.levels l set safety_stock = w.units
  from (
    select k.level_id,
      holdfast_engine_N.safety_stock_of(p_tenant_id, k.sku_id, k.location_id) as units
    from holdfast.levels k
    where k.tenant_id = p_tenant_id and k.level_id = any (p_levels)
    offset 0
  ) as w
  where l.tenant_id = p_tenant_id and l.level_id = w.level_id and l.safety_stock <> w.units;
  perform holdfast_engine_N.queue_due(p_tenant_id, p_levels);
end $$;

-- Brings every level to the safety stock that the rules say: what a level has missed that was made
-- while a rule was being set. A step of the sweeper, once a day.
-- p_request: {}. answer: {"ok", "levels": how many had another}.
-- locks: those levels, by id.
create or replace function holdfast_engine_N.keep_all_safety_stock(
  p_tenant_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_levels int[];
begin
  if not exists (
    select from holdfast.tenants t where t.tenant_id = p_tenant_id and t.has_policies)
  then
    return '{"ok": true, "levels": 0}';
  end if;
  select array_agg(k.level_id) into v_levels
  from (
    select l.level_id from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.safety_stock
      <> holdfast_engine_N.safety_stock_of(p_tenant_id, l.sku_id, l.location_id)
    order by l.level_id
    for no key update
  ) as k;
  perform holdfast_engine_N.keep_safety_stock(p_tenant_id, coalesce(v_levels, '{}'));
  return jsonb_build_object('ok', true, 'levels', coalesce(cardinality(v_levels), 0));
end $$;

-- Follows SKUs that have come to a product, or left it: its rules hold for them, or do no more.
-- p_sku_ids int[]. answer: nothing. A tenant without rules pays nothing.
-- Last statement of a verb: see raise_catalog_version.
-- locks: the SKUs' levels by id, then the tenant's row.
create or replace function holdfast_engine_N.products_changed(p_tenant_id int, p_sku_ids int[])
returns void
language plpgsql volatile as $$
begin
  if not exists (
    select from holdfast.tenants t where t.tenant_id = p_tenant_id and t.has_policies)
  then
    return;
  end if;
  perform holdfast_engine_N.keep_safety_stock(p_tenant_id,
    holdfast_engine_N.lock_levels_by_id(p_tenant_id, array(
      select l.level_id from holdfast.levels l
      where l.tenant_id = p_tenant_id and l.sku_id = any (p_sku_ids))));
  perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
end $$;

-- Makes a rule of the safety stock that a file says of a level.
-- p_level holdfast.levels: locked; p_units bigint. answer: true where it was another.
-- The rule of SKU and location is the strongest that there is. The caller raises the version.
-- locks: the tenant's row.
create or replace function holdfast_engine_N.import_safety_stock(
  p_tenant_id int, p_level holdfast.levels, p_units bigint, p_actor_id int
) returns boolean
language plpgsql volatile as $$
declare
  v_done jsonb;
begin
  if p_units is null or p_units = p_level.safety_stock then
    return false;
  end if;
  perform 1 from holdfast.tenants t where t.tenant_id = p_tenant_id for no key update;
  v_done := holdfast_engine_N.change_rule(p_tenant_id, jsonb_build_object(
    'rule', null, 'times', '{}'::jsonb, 'fields', jsonb_build_object('safety_stock', p_units),
    'scope', jsonb_build_object('sku_id', p_level.sku_id, 'location_id', p_level.location_id)),
    false, p_actor_id);
  assert not holdfast_engine_N.is_refusal(v_done), 'a safety stock in bounds is always a rule';
  perform holdfast_engine_N.keep_safety_stock(p_tenant_id, array[p_level.level_id]);
  return true;
end $$;
