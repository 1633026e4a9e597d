-- Sets rules of policy, all of them or none; with "mode": "each" those that can be. A line changes
-- the rule of just its scope and time, or makes it; what it does not name stays as it is.
-- p_request: {"rules": [{"rule", or "product" or "sku", "location", "channel", "tier"; "starts_at",
-- "ends_at"; "fields": {field: value, null to say nothing of it}}], "mode", "dry_run"}.
-- answer: {"ok", "rules": [the rule, "changed", "warnings"]}, or a refusal that names the line.
-- locks: levels whose safety stock or cap may change, by id, then the tenant's row.
create or replace function holdfast_engine_N.set_rules(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.change_rules(p_tenant_id, p_request, false)
$$;

-- Clears rules of policy: from now on they say nothing. Their versions stay in the history.
-- p_request: {"rules": [{"rule"} or the words of a scope and time], "mode", "dry_run"}.
-- answer: as set_rules; rule_not_found where there is no such rule.
-- locks: as set_rules.
create or replace function holdfast_engine_N.clear_rules(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.change_rules(p_tenant_id, p_request, true)
$$;

-- What set_rules and clear_rules share.
-- p_clear boolean. answer: as set_rules.
-- What is refused, or only tried, is undone whole: that is what the subtransaction is for.
-- locks: as set_rules.
create or replace function holdfast_engine_N.change_rules(
  p_tenant_id int, p_request jsonb, p_clear boolean
) returns jsonb
language plpgsql volatile as $$
declare
  v_answer jsonb := holdfast_engine_N.check_rule_lines(p_request);
begin
  if v_answer is not null then
    return v_answer;
  end if;
  begin
    v_answer := holdfast_engine_N.change_rule_lines(p_tenant_id, p_request, p_clear);
    if holdfast_engine_N.is_refusal(v_answer) or p_request -> 'dry_run' = 'true' then
      raise exception using errcode = 'HF004', message = 'nothing is to stay';
    end if;
  exception when sqlstate 'HF004' then
    return v_answer;
  end;
  return v_answer;
end $$;

-- Checks a request of set_rules or clear_rules beside its lines.
-- p_request jsonb. answer: a refusal invalid_request or too_large that names the field, or null.
-- locks: none.
create or replace function holdfast_engine_N.check_rule_lines(p_request jsonb) returns jsonb
language sql volatile as $$
  select coalesce(
    holdfast_engine_N.check_fields(p_request, '{
      "rules": {"is": "list", "most": 500, "needed": true},
      "mode": {"is": "choice", "of": ["all_or_nothing", "each"]},
      "dry_run": {"is": "boolean"}}'),
    case when jsonb_array_length(p_request -> 'rules') = 0
      then holdfast_engine_N.refuse('invalid_request', 'rules must be a list of at least one rule.',
        '{"field": "rules"}') end
  )
$$;

-- Reads the lines, locks, then changes rule by rule.
-- p_request jsonb: checked. answer: as set_rules; the caller undoes what is refused.
-- The tenant's row is the lock of all its rules: they are numbered under it.
-- locks: as set_rules.
create or replace function holdfast_engine_N.change_rule_lines(
  p_tenant_id int, p_request jsonb, p_clear boolean
) returns jsonb
language plpgsql volatile as $$
declare
  v_each boolean := coalesce(p_request ->> 'mode' = 'each', false);
  v_read jsonb := '[]';
  v_line record;
  v_done jsonb;
  v_lines jsonb := '[]';
  v_levels int[];
begin
  for v_line in
    select e.line, e.n::int as n
    from jsonb_array_elements(p_request -> 'rules') with ordinality as e (line, n)
  loop
    v_done := holdfast_engine_N.read_rule_line(p_tenant_id, v_line.line, p_clear);
    if holdfast_engine_N.is_refusal(v_done) and not v_each then
      return holdfast_engine_N.at_line(v_done, v_line.n);
    end if;
    v_read := v_read || v_done;
  end loop;

  v_levels := holdfast_engine_N.levels_of_lines(p_tenant_id, v_read, 'safety_stock');
  -- Where a cap may change nobody backorders by the old one meanwhile: see cap_below_promised.
  perform holdfast_engine_N.lock_levels_by_id(p_tenant_id, v_levels
    || holdfast_engine_N.levels_of_lines(p_tenant_id, v_read, 'backorder_cap'));
  update holdfast.tenants t set has_policies = true where t.tenant_id = p_tenant_id;
  for v_line in
    select e.line, e.n::int as n from jsonb_array_elements(v_read) with ordinality as e (line, n)
  loop
    v_done := v_line.line;
    begin
      if not v_done ? 'refusal' then
        v_done := holdfast_engine_N.change_rule(
          p_tenant_id, v_line.line, p_clear, (p_request ->> 'actor_id')::int);
      end if;
      if holdfast_engine_N.is_refusal(v_done) then
        raise exception using errcode = 'HF004', message = 'refused';
      end if;
    exception when sqlstate 'HF004' then
      v_done := holdfast_engine_N.at_line(v_done, v_line.n);
    end;
    if holdfast_engine_N.is_refusal(v_done) and not v_each then
      return v_done;
    end if;
    v_lines := v_lines || (v_done - 'ok');
  end loop;

  update holdfast.tenants t set
    catalog_version = t.catalog_version
      + jsonb_path_exists(v_lines, '$[*] ? (@.changed == true)')::int,
    has_policies = exists (
      select from holdfast.policies p where p.tenant_id = p_tenant_id and p.closed_at is null)
  where t.tenant_id = p_tenant_id;
  perform holdfast_engine_N.keep_safety_stock(p_tenant_id, v_levels);
  return jsonb_build_object('ok', true, 'rules', v_lines);
end $$;

-- The refusal of a line, which it names.
-- p_refusal jsonb; p_line_no int: from 1. answer: the refusal with "line" and the field's path.
-- locks: none.
create or replace function holdfast_engine_N.at_line(p_refusal jsonb, p_line_no int)
returns jsonb
language sql immutable as $$
  select jsonb_set(p_refusal, '{refusal}', p_refusal -> 'refusal' || jsonb_build_object(
    'line', p_line_no, 'field', format('rules.%s%s', p_line_no - 1,
      coalesce('.' || (p_refusal #>> '{refusal,field}'), ''))))
$$;

-- Reads one line: checks its words and finds what they name.
-- p_line jsonb; p_clear boolean: a line that names a rule and says nothing of it.
-- answer: {"rule", "scope", "times": those that the line names, "fields"}, or a refusal.
-- locks: none.
create or replace function holdfast_engine_N.read_rule_line(
  p_tenant_id int, p_line jsonb, p_clear boolean
) returns jsonb
language plpgsql volatile as $$
declare
  v_fields jsonb := coalesce(p_line -> 'fields', '{}');
  v_scope jsonb;
  v_refusal jsonb;
begin
  v_refusal := coalesce(
    holdfast_engine_N.check_fields(p_line, holdfast_engine_N.rule_scope()
      || case when p_clear then '{}'::jsonb
        else '{"fields": {"is": "object", "needed": true}}' end),
    jsonb_set(f.refusal, '{refusal,field}',
      to_jsonb('fields.' || (f.refusal #>> '{refusal,field}'))))
  from (
    select case when jsonb_typeof(v_fields) = 'object' then
      holdfast_engine_N.check_fields(v_fields, holdfast_engine_N.rule_fields()) end as refusal
  ) as f;
  if v_refusal is not null then
    return v_refusal;
  end if;
  if p_line ->> 'rule' is not null and exists (
    select from jsonb_each(p_line - array['rule', 'starts_at', 'ends_at', 'fields']) as w
    where w.value <> 'null')
  then
    return holdfast_engine_N.refuse('invalid_request',
      'Name a rule by its id or by its scope, not by both.', '{"field": "rule"}');
  end if;
  v_scope := holdfast_engine_N.scope_of(p_tenant_id, p_line);
  if holdfast_engine_N.is_refusal(v_scope) then
    return v_scope;
  end if;
  return jsonb_build_object('rule', p_line -> 'rule', 'scope', v_scope,
    'times', (
      select coalesce(jsonb_object_agg(k, v_scope -> k), '{}')
      from unnest(array['starts_at', 'ends_at']) as k where p_line ? k),
    'fields', (
      select coalesce(jsonb_object_agg(f.key, case when jsonb_typeof(f.value) = 'number'
        then to_jsonb(trunc(f.value::numeric)::bigint) else f.value end), '{}')
      from jsonb_each(v_fields) as f));
end $$;
