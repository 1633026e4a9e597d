-- Explains the policy of a SKU in a sale: the whole chain, and which rule has decided each field.
-- p_request: {"sku", "location", "channel", "tier", "at": an instant (now)}. answer: {"ok", these,
-- "version", "policy": {field: value}, "decided_by": {field: rule id or 'default'}, "chain": [from
-- the weakest to the strongest, "fields" that it says, "decides": those that hold], "tracked"}; or
-- unknown_sku, unknown_location, unknown_channel, invalid_request.
-- locks: none.
create or replace function holdfast_engine_N.explain_policy(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_scope jsonb;
  v_at timestamptz := coalesce(holdfast_engine_N.instant(p_request -> 'at'), holdfast.clock());
  v_policy jsonb;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    holdfast_engine_N.rule_scope() - array['rule', 'product', 'starts_at', 'ends_at']
      || '{"sku": {"is": "code", "max": 255, "needed": true}, "at": {"is": "instant"}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_scope := holdfast_engine_N.scope_of(p_tenant_id, p_request);
  if holdfast_engine_N.is_refusal(v_scope) then
    return v_scope;
  end if;
  v_policy := holdfast_engine_N.policy_of(p_tenant_id, (v_scope ->> 'sku_id')::int,
    (v_scope ->> 'location_id')::int, (v_scope ->> 'channel_id')::int, v_scope ->> 'tier', v_at);
  return (
    select jsonb_build_object(
      'ok', true, 'sku', s.code, 'location', p_request ->> 'location',
      'channel', p_request ->> 'channel', 'tier', p_request ->> 'tier', 'at', v_at,
      'version', v_policy -> 'version', 'policy', v_policy - array['version', 'rules'],
      'decided_by', v_policy -> 'rules',
      'chain', holdfast_engine_N.chain_of(p_tenant_id, v_scope, v_policy, v_at),
      'tracked', jsonb_build_object('value', s.tracked and t.tracked,
        'decided_by', case when t.tracked then 'sku' else 'tenant' end))
    from holdfast.skus s
    join holdfast.tenants t on t.tenant_id = p_tenant_id
    where s.tenant_id = p_tenant_id and s.sku_id = (v_scope ->> 'sku_id')::int
  );
end $$;

-- The chain of a policy: what every shop begins with, then each rule that holds.
-- p_scope jsonb: from scope_of; p_policy jsonb: from policy_of; p_at timestamptz.
-- answer: jsonb array, from the weakest to the strongest.
-- locks: none.
create or replace function holdfast_engine_N.chain_of(
  p_tenant_id int, p_scope jsonb, p_policy jsonb, p_at timestamptz
) returns jsonb
language plpgsql volatile as $$
begin
  return (
    select jsonb_agg(c.rule || jsonb_build_object('decides', (
      select coalesce(jsonb_agg(d.field order by d.field), '[]')
      from jsonb_each_text(p_policy -> 'rules') as d (field, decider)
      where d.decider = c.rule ->> 'rule')) order by c.n desc)
    from (
      select holdfast_engine_N.rule_row(p_tenant_id, r.version)
        - array['closed_at', 'closed_by'] as rule, r.ordinality as n
      from holdfast_engine_N.rules_for(p_tenant_id, (p_scope ->> 'sku_id')::int,
        (p_scope ->> 'location_id')::int, (p_scope ->> 'channel_id')::int, p_scope ->> 'tier',
        p_at) with ordinality as r
      union all
      select jsonb_build_object('rule', 'default',
        'fields', jsonb_strip_nulls(holdfast_engine_N.policy_defaults(t))), 2147483647
      from holdfast.tenants t where t.tenant_id = p_tenant_id
    ) as c
  );
end $$;
