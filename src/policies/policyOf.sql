-- The rules that hold for a SKU in a sale, the strongest first. Later words of the chain win: any,
-- location, product, SKU, channel, tier; then one that is bounded in time, then the newest.
-- p_location_id, p_channel_id, p_tier: null where the sale has none, and then no rule that names
-- one holds; p_at timestamptz: null for now or any time later. rows: the rules, as they are now.
-- locks: none.
create or replace function holdfast_engine_N.rules_for(
  p_tenant_id int, p_sku_id int, p_location_id int, p_channel_id int, p_tier text,
  p_at timestamptz
) returns setof holdfast.policies
language plpgsql volatile rows 3 as $$
begin
  return query
  select p.* from (
    select p.* from holdfast.policies p
    where p.tenant_id = p_tenant_id and p.sku_id = p_sku_id and p.closed_at is null
    union all
    select p.* from (
      select distinct v.product_id from holdfast.variants v
      where v.tenant_id = p_tenant_id and v.sku_id = p_sku_id and v.archived_at is null
      offset 0 -- fenced: see wanted
    ) as v
    join holdfast.policies p on p.tenant_id = p_tenant_id and p.sku_id is null
      and p.product_id = v.product_id and p.closed_at is null
    union all
    select p.* from holdfast.policies p
    where p.tenant_id = p_tenant_id and p.sku_id is null and p.product_id is null
      and p.closed_at is null
  ) as p
  where (p.location_id is null or p.location_id = p_location_id)
    and (p.channel_id is null or p.channel_id = p_channel_id)
    and (p.tier is null or p.tier = p_tier)
    and (p.starts_at is null or p_at is null or p.starts_at <= p_at)
    and (p.ends_at is null or p.ends_at > coalesce(p_at, holdfast.clock()))
  order by p.tier is not null desc, p.channel_id is not null desc, p.sku_id is not null desc,
    p.product_id is not null desc, p.location_id is not null desc,
    num_nonnulls(p.starts_at, p.ends_at) > 0 desc, p.starts_at desc nulls last,
    p.version desc;
end $$;

-- What holds where no rule says anything: the tenant's settings, and what each shop begins with.
-- p_tenant holdfast.tenants. answer: jsonb, each field of a policy with its value.
-- null: not known, or no bound. Its keys are the list of all fields.
-- locks: none.
create or replace function holdfast_engine_N.policy_defaults(p_tenant holdfast.tenants)
returns jsonb
language sql immutable as $$
  select jsonb_build_object(
    'hold_seconds', p_tenant.cart_window_seconds,
    'order_hold_seconds', p_tenant.order_window_seconds,
    'extension_count_max', p_tenant.extension_count_max,
    'hold_life_seconds_max', p_tenant.hold_life_seconds_max,
    'scarce_below', null, 'scarce_hold_seconds', null,
    'backorder_mode', 'deny', 'backorder_cap', 0, 'lead_days_min', null, 'lead_days_max', null,
    'ship_from', null, 'ship_to', null, 'capacity_per_day', null, 'capacity_per_week', null,
    'ship_complete', false, 'backorder_priority', 0, 'safety_stock', 0,
    'low_stock_threshold', null, 'release_delay_seconds', 0, 'date_tolerance_days', 0,
    'silence_default', 'keep', 'silence_days', 7, 'fail_open', false,
    'share_percent', 100)
$$;

-- The policy of a SKU in a sale: every field with the value that holds.
-- p_location_id, p_channel_id, p_tier, p_at: as rules_for. answer: the fields, "version": of the
-- newest rule that has decided one (0: the tenant's settings decide all), "rules": field → the id
-- of the rule that has decided it, or 'default'.
-- locks: none.
create or replace function holdfast_engine_N.policy_of(
  p_tenant_id int, p_sku_id int, p_location_id int, p_channel_id int, p_tier text,
  p_at timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_defaults jsonb;
  v_any boolean;
  v_values jsonb;
  v_rules jsonb;
  v_version int;
begin
  select holdfast_engine_N.policy_defaults(t), t.has_policies into v_defaults, v_any
  from holdfast.tenants t where t.tenant_id = p_tenant_id;
  if v_any then
    select jsonb_object_agg(w.field, w.value), jsonb_object_agg(w.field, w.rule_id),
      max(w.version)
    into v_values, v_rules, v_version
    from (
      select distinct on (f.field) f.field, f.value, r.rule_id, r.version
      from holdfast_engine_N.rules_for(
        p_tenant_id, p_sku_id, p_location_id, p_channel_id, p_tier, p_at) with ordinality as r
      cross join lateral jsonb_each(to_jsonb(r)) as f (field, value)
      where v_defaults ? f.field and f.value <> 'null'
      order by f.field, r.ordinality
    ) as w;
  end if;
  return v_defaults || coalesce(v_values, '{}') || jsonb_build_object(
    'version', coalesce(v_version, 0),
    'rules', (select jsonb_object_agg(k, 'default') from jsonb_object_keys(v_defaults) as k)
      || coalesce(v_rules, '{}'));
end $$;
