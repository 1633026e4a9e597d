-- The fields of a rule and what may stand in each.
-- no parameters. answer: jsonb as check_fields wants it.
-- The bounds are those of the table's constraints.
-- locks: none.
create or replace function holdfast_engine_N.rule_fields() returns jsonb
language sql immutable as $$
  select '{
    "hold_seconds": {"is": "integer", "least": 1, "most": 31536000},
    "order_hold_seconds": {"is": "integer", "least": 1, "most": 31536000},
    "extension_count_max": {"is": "integer", "least": 0, "most": 10000},
    "hold_life_seconds_max": {"is": "integer", "least": 1, "most": 31536000},
    "scarce_below": {"is": "integer", "least": 1, "most": 1000000000000},
    "scarce_hold_seconds": {"is": "integer", "least": 1, "most": 31536000},
    "backorder_mode": {"is": "choice",
      "of": ["deny", "allow", "notify", "pre_order", "made_to_order"]},
    "backorder_cap": {"is": "integer", "least": 0, "most": 1000000000000},
    "lead_days_min": {"is": "integer", "least": 0, "most": 365},
    "lead_days_max": {"is": "integer", "least": 0, "most": 365},
    "ship_from": {"is": "day"},
    "ship_to": {"is": "day"},
    "capacity_per_day": {"is": "integer", "least": 1, "most": 1000000000000},
    "capacity_per_week": {"is": "integer", "least": 1, "most": 1000000000000},
    "ship_complete": {"is": "boolean"},
    "backorder_priority": {"is": "integer", "least": -1000, "most": 1000},
    "safety_stock": {"is": "integer", "least": 0, "most": 1000000000000},
    "low_stock_threshold": {"is": "integer", "least": 0, "most": 1000000000000},
    "release_delay_seconds": {"is": "integer", "least": 0, "most": 31536000},
    "date_tolerance_days": {"is": "integer", "least": 0, "most": 365},
    "silence_default": {"is": "choice", "of": ["keep", "cancel"]},
    "silence_days": {"is": "integer", "least": 1, "most": 365},
    "fail_open": {"is": "boolean"},
    "share_percent": {"is": "integer", "least": 0, "most": 100}
  }'::jsonb
$$;

-- The words of a rule's scope and time.
-- no parameters. answer: jsonb as check_fields wants it.
-- "rule" names a rule by its id instead.
-- locks: none.
create or replace function holdfast_engine_N.rule_scope() returns jsonb
language sql immutable as $$
  select '{
    "rule": {"is": "integer", "least": 1, "most": 2147483647},
    "product": {"is": "code", "max": 255},
    "sku": {"is": "code", "max": 255},
    "location": {"is": "code", "max": 100},
    "channel": {"is": "code", "max": 100},
    "tier": {"is": "code", "max": 100},
    "starts_at": {"is": "instant"},
    "ends_at": {"is": "instant"}
  }'::jsonb
$$;

-- What a version of a rule says: its fields that are not null.
-- p_rule holdfast.policies. answer: jsonb, field → value.
-- locks: none.
create or replace function holdfast_engine_N.rule_says(p_rule holdfast.policies) returns jsonb
language sql immutable as $$
  select coalesce(jsonb_object_agg(f.field, f.value), '{}')
  from jsonb_each(to_jsonb(p_rule)) as f (field, value)
  where f.value <> 'null' and holdfast_engine_N.rule_fields() ? f.field
$$;

-- Shows one version of a rule.
-- p_tenant_id int, p_version int. answer: the rule as every verb and list shows it.
-- closed_at: when this version was replaced by the next, or cleared; null: it is in force.
-- locks: none.
create or replace function holdfast_engine_N.rule_row(p_tenant_id int, p_version int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'rule', p.rule_id, 'version', p.version,
    'product', (select o.handle from holdfast.products o
      where o.tenant_id = p_tenant_id and o.product_id = p.product_id),
    'sku', (select s.code from holdfast.skus s
      where s.tenant_id = p_tenant_id and s.sku_id = p.sku_id),
    'location', (select l.code from holdfast.locations l
      where l.tenant_id = p_tenant_id and l.location_id = p.location_id),
    'channel', (select c.code from holdfast.channels c
      where c.tenant_id = p_tenant_id and c.channel_id = p.channel_id),
    'tier', p.tier, 'starts_at', p.starts_at, 'ends_at', p.ends_at,
    'fields', holdfast_engine_N.rule_says(p),
    'changed_at', p.changed_at, 'changed_by', p.changed_by,
    'closed_at', p.closed_at, 'closed_by', p.closed_by
  )
  from holdfast.policies p
  where p.tenant_id = p_tenant_id and p.version = p_version
$$;

-- Leads from the words of a scope to what they name.
-- p_line jsonb: checked against rule_scope. answer: {"product_id", "sku_id", "location_id",
-- "channel_id", "tier", "starts_at", "ends_at"}, null where the line names none, or a refusal
-- (product_not_found, unknown_sku, unknown_location, unknown_channel, invalid_request).
-- locks: none.
create or replace function holdfast_engine_N.scope_of(p_tenant_id int, p_line jsonb) returns jsonb
language plpgsql volatile as $$
declare
  v_product_id int;
  v_sku record;
  v_location_id int;
  v_channel_id int;
begin
  if p_line ->> 'sku' is not null and p_line ->> 'product' is not null then
    return holdfast_engine_N.refuse('invalid_request',
      'A rule is of a product or of a SKU, not of both.', '{"field": "product"}');
  end if;
  select o.product_id into v_product_id from holdfast.products o
  where o.tenant_id = p_tenant_id and o.handle = normalize(p_line ->> 'product');
  if v_product_id is null and p_line ->> 'product' is not null then
    return holdfast_engine_N.no_product(p_line ->> 'product');
  end if;
  select c.sku_id, c.factor into v_sku
  from holdfast_engine_N.sku_of(p_tenant_id, p_line ->> 'sku') as c;
  if v_sku.sku_id is null and p_line ->> 'sku' is not null then
    return holdfast_engine_N.no_sku(p_line ->> 'sku');
  end if;
  if v_sku.factor > 1 then
    return holdfast_engine_N.refuse('invalid_request',
      'This code is a pack: a rule is of the SKU whose units it counts.', '{"field": "sku"}');
  end if;
  select l.location_id into v_location_id from holdfast.locations l
  where l.tenant_id = p_tenant_id and l.code = normalize(p_line ->> 'location')
    and l.archived_at is null;
  if v_location_id is null and p_line ->> 'location' is not null then
    return holdfast_engine_N.no_location(p_line ->> 'location');
  end if;
  v_channel_id := holdfast_engine_N.channel_of(p_tenant_id, p_line ->> 'channel');
  if v_channel_id is null and p_line ->> 'channel' is not null then
    return holdfast_engine_N.no_channel(p_line ->> 'channel');
  end if;
  return jsonb_build_object('product_id', v_product_id, 'sku_id', v_sku.sku_id,
    'location_id', v_location_id, 'channel_id', v_channel_id,
    'tier', normalize(p_line ->> 'tier'),
    'starts_at', holdfast_engine_N.instant(p_line -> 'starts_at'),
    'ends_at', holdfast_engine_N.instant(p_line -> 'ends_at'));
end $$;

-- Lists the rules in force, or yet to begin, the last changed first.
-- p_request: the words of a scope (rules that name it), "rule", "limit", "cursor", "sort"
-- (changed_at; - turns it around). answer: a page of rules.
-- locks: none.
create or replace function holdfast_engine_N.list_rules(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.page_of_rules(p_tenant_id, p_request, false)
$$;

-- Lists every version of the rules, the newest first: who changed what, and when.
-- p_request: as list_rules. answer: a page of versions.
-- A rule that was cleared ends with a version that is closed.
-- locks: none.
create or replace function holdfast_engine_N.list_rule_changes(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.page_of_rules(p_tenant_id, p_request, true)
$$;

-- What list_rules and list_rule_changes share.
-- p_closed boolean: closed versions too. answer: a page, or a refusal.
-- locks: none.
create or replace function holdfast_engine_N.page_of_rules(
  p_tenant_id int, p_request jsonb, p_closed boolean
) returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"changed_at": "timestamptz"}';
  v_scope jsonb;
  v_refusal jsonb := holdfast_engine_N.check_page(p_request,
    holdfast_engine_N.rule_scope() - array['starts_at', 'ends_at'], v_sorts);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_scope := holdfast_engine_N.scope_of(p_tenant_id, p_request);
  if holdfast_engine_N.is_refusal(v_scope) then
    return v_scope;
  end if;
  return holdfast_engine_N.page(p_tenant_id,
    p_request || jsonb_build_object('scope', v_scope, 'closed', p_closed), $from$
      select p.version as id, p.changed_at
      from holdfast.policies p
      where p.tenant_id = $1
        and (p.closed_at is null or ($2 -> 'closed')::boolean)
        and ($2 ->> 'rule' is null or p.rule_id = ($2 ->> 'rule')::int)
        and ($2 #>> '{scope,sku_id}' is null or p.sku_id = ($2 #>> '{scope,sku_id}')::int)
        and ($2 #>> '{scope,product_id}' is null
          or p.product_id = ($2 #>> '{scope,product_id}')::int)
        and ($2 #>> '{scope,location_id}' is null
          or p.location_id = ($2 #>> '{scope,location_id}')::int)
        and ($2 #>> '{scope,channel_id}' is null
          or p.channel_id = ($2 #>> '{scope,channel_id}')::int)
        and ($2 #>> '{scope,tier}' is null or p.tier = $2 #>> '{scope,tier}')
    $from$, v_sorts, '-changed_at', 'rule_row');
end $$;
