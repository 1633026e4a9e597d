-- Changes one rule: closes its version and writes the next.
-- p_read jsonb: from read_rule_line; p_clear boolean; p_actor_id int. answer: {"ok", the rule,
-- "changed", "warnings"}, or a refusal (rule_not_found, cap_below_promised, invalid_request).
-- Runs in a subtransaction: what a refusal finds too late is undone.
-- locks: none more; the tenant's row is locked.
create or replace function holdfast_engine_N.change_rule(
  p_tenant_id int, p_read jsonb, p_clear boolean, p_actor_id int
) returns jsonb
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_old holdfast.policies := holdfast_engine_N.rule_found(p_tenant_id, p_read);
  v_new holdfast.policies;
  v_says jsonb;
  v_refusal jsonb;
begin
  if v_old.rule_id is null and (p_clear or p_read -> 'rule' <> 'null') then
    return holdfast_engine_N.refuse('rule_not_found', 'There is no such rule in force.',
      jsonb_build_object('rule', p_read -> 'rule'));
  end if;
  v_new := jsonb_populate_record(v_old, case when v_old.rule_id is null
    then p_read -> 'scope' else p_read -> 'times' end || (p_read -> 'fields'));
  v_says := case when p_clear then '{}'::jsonb else holdfast_engine_N.rule_says(v_new) end;
  if v_says = '{}' and v_old.rule_id is null then
    return holdfast_engine_N.refuse('invalid_request', 'A rule says at least one thing.',
      '{"field": "fields"}');
  end if;
  if v_says <> '{}' then
    v_refusal := coalesce(holdfast_engine_N.check_rule(v_old, v_new, v_now),
      holdfast_engine_N.check_rule_once(p_tenant_id, v_old, v_new));
    if v_refusal is not null then
      return v_refusal;
    end if;
    if v_new = v_old then
      return '{"ok": true, "changed": false, "warnings": []}'
        || holdfast_engine_N.rule_row(p_tenant_id, v_old.version);
    end if;
  end if;

  update holdfast.policies p set closed_at = v_now, closed_by = p_actor_id
  where p.tenant_id = p_tenant_id and p.version = v_old.version;
  select coalesce(max(p.version), 0) + 1,
    coalesce(v_old.rule_id, (select coalesce(max(r.rule_id), 0) + 1 from holdfast.policies r
      where r.tenant_id = p_tenant_id))
  into v_new.version, v_new.rule_id
  from holdfast.policies p where p.tenant_id = p_tenant_id;
  if v_says = '{}' then
    v_new.version := v_old.version;
  else
    v_new.tenant_id := p_tenant_id;
    v_new.changed_at := v_now;
    v_new.changed_by := p_actor_id;
    insert into holdfast.policies
    select n.* from (select v_new.*) as n where n.tenant_id = p_tenant_id;
  end if;
  v_refusal := holdfast_engine_N.cap_below_promised(p_tenant_id, v_old, v_new, v_now);
  if v_refusal is not null then
    return v_refusal;
  end if;
  return holdfast_engine_N.rule_changed(
    p_tenant_id, v_new, holdfast_engine_N.rule_says(v_old), v_says, p_actor_id, v_now);
end $$;

-- The rule that a line is about, in its version in force.
-- p_read jsonb: from read_rule_line. answer: the row; all null where there is none.
-- A scope and time name one rule at the most.
-- locks: none more; the tenant's row is locked.
create or replace function holdfast_engine_N.rule_found(p_tenant_id int, p_read jsonb)
returns holdfast.policies
language plpgsql volatile as $$
declare
  v_rule holdfast.policies;
  v_scope holdfast.policies := jsonb_populate_record(null::holdfast.policies, p_read -> 'scope');
begin
  if p_read -> 'rule' <> 'null' then
    select p.* into v_rule from holdfast.policies p
    where p.tenant_id = p_tenant_id and p.rule_id = (p_read ->> 'rule')::int
      and p.closed_at is null;
  else
    select p.* into v_rule from holdfast.policies p
    where p.tenant_id = p_tenant_id and p.closed_at is null
      and p.sku_id is not distinct from v_scope.sku_id
      and p.product_id is not distinct from v_scope.product_id
      and p.location_id is not distinct from v_scope.location_id
      and p.channel_id is not distinct from v_scope.channel_id
      and p.tier is not distinct from v_scope.tier
      and p.starts_at is not distinct from v_scope.starts_at
      and p.ends_at is not distinct from v_scope.ends_at;
  end if;
  return v_rule;
end $$;

-- Checks a rule as it would be: times and dates in order and not gone by, pairs whole.
-- p_old: the version in force, or all null; p_new; p_now timestamptz. answer: a refusal that names
-- the field, or null. What the rule has said before may have gone by since.
-- A day has gone by when it is over at the last place on earth.
-- locks: none.
create or replace function holdfast_engine_N.check_rule(
  p_old holdfast.policies, p_new holdfast.policies, p_now timestamptz
) returns jsonb
language plpgsql immutable as $$
declare
  v_today date := (p_now at time zone 'Etc/GMT+12')::date;
  v_field text;
  v_why text;
begin
  select f.field, f.why into v_field, v_why
  from (values
    (1, 'ends_at', p_new.ends_at <= p_new.starts_at, 'must be after starts_at'),
    (2, 'ends_at', p_new.ends_at <= p_now and p_new.ends_at is distinct from p_old.ends_at,
      'has gone by'),
    (3, 'starts_at', p_new.starts_at < p_now and p_new.starts_at is distinct from p_old.starts_at,
      'has gone by: leave it out to begin at once'),
    (4, 'fields.scarce_below', num_nulls(p_new.scarce_below, p_new.scarce_hold_seconds) = 1,
      'goes together with scarce_hold_seconds'),
    (5, 'fields.lead_days_min', num_nulls(p_new.lead_days_min, p_new.lead_days_max) = 1,
      'goes together with lead_days_max'),
    (6, 'fields.lead_days_max', p_new.lead_days_max < p_new.lead_days_min,
      'must not be below lead_days_min'),
    (7, 'fields.ship_from', num_nulls(p_new.ship_from, p_new.ship_to) = 1,
      'goes together with ship_to'),
    (8, 'fields.ship_to', p_new.ship_to < p_new.ship_from, 'must not be before ship_from'),
    (9, 'fields.ship_from',
      p_new.ship_from < v_today and p_new.ship_from is distinct from p_old.ship_from,
      'has gone by'),
    (10, 'fields.ship_to',
      p_new.ship_to < v_today and p_new.ship_to is distinct from p_old.ship_to, 'has gone by'),
    (11, 'fields.ship_from', p_new.backorder_mode = 'pre_order' and p_new.ship_from is null,
      'is needed: a pre-order has a date'),
    (12, 'fields.safety_stock', p_new.safety_stock is not null and num_nonnulls(
        p_new.channel_id, p_new.tier, p_new.starts_at, p_new.ends_at) > 0,
      'holds for every sale at all times: a channel keeps a buffer instead'),
    (13, 'fields.share_percent', p_new.share_percent is not null and p_new.channel_id is null,
      'is of a channel: the rule must name it')
  ) as f (n, field, broken, why)
  where f.broken
  order by f.n limit 1;
  return case when found then holdfast_engine_N.refuse('invalid_request',
    format('%s %s.', regexp_replace(v_field, '^fields\.', ''), v_why),
    jsonb_build_object('field', v_field)) end;
end $$;

-- Refuses to move a rule to a scope and time that another has.
-- p_old, p_new: the versions before and after. answer: invalid_request, or null.
-- Only a change of times can do that: else the line would have found the other rule.
-- locks: none more; the tenant's row is locked.
create or replace function holdfast_engine_N.check_rule_once(
  p_tenant_id int, p_old holdfast.policies, p_new holdfast.policies
) returns jsonb
language sql volatile as $$
  select holdfast_engine_N.refuse('invalid_request',
    format('Rule %s has this scope and time already.', f.rule_id),
    jsonb_build_object('field', 'starts_at', 'rule', f.rule_id))
  from holdfast_engine_N.rule_found(p_tenant_id,
    jsonb_build_object('rule', null, 'scope', to_jsonb(p_new))) as f
  where f.rule_id is distinct from p_old.rule_id and f.rule_id is not null
$$;

-- Refuses a cap that is lower than what was promised already.
-- p_old, p_new: the versions before and after. answer: cap_below_promised with the first ten
-- levels, or null.
-- To take no more backorders, set backorder_mode to deny. A cart whose time is over waits for
-- nothing.
-- locks: none more: the levels are locked, so that no sale backorders by the old cap meanwhile.
create or replace function holdfast_engine_N.cap_below_promised(
  p_tenant_id int, p_old holdfast.policies, p_new holdfast.policies, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_below jsonb;
begin
  if p_old.backorder_cap is null and p_new.backorder_cap is null then
    return null;
  end if;
  select jsonb_agg(jsonb_build_object('sku', b.sku, 'location', b.location, 'cap', b.cap,
    'promised', b.promised) order by b.sku, b.location)
  into v_below
  from (
    select s.code as sku, o.code as location,
      l.backordered + l.held_backordered - ended.waiting as promised,
      holdfast_engine_N.cap_of(holdfast_engine_N.policy_of(p_tenant_id, l.sku_id, l.location_id,
        p_new.channel_id, p_new.tier, p_now)) as cap
    from holdfast.levels l
    join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
    join holdfast.locations o on o.tenant_id = p_tenant_id and o.location_id = l.location_id
    cross join lateral holdfast_engine_N.overdue_at(p_tenant_id, l.level_id, p_now) as ended
    where l.tenant_id = p_tenant_id and l.backordered + l.held_backordered > 0
      and l.level_id in (
        select c from holdfast_engine_N.levels_of_rule(p_tenant_id, p_new) as c)
    offset 0 -- fenced: a policy is worked out where it is wanted
  ) as b
  where b.cap < b.promised;
  return case when v_below is not null then holdfast_engine_N.refuse('cap_below_promised',
    'More units are backordered already than the cap would allow.',
    jsonb_build_object('field', 'fields.backorder_cap', 'levels', (
      select jsonb_agg(b) from jsonb_path_query(v_below, '$[0 to 9]') as b))) end;
end $$;

-- The cap of a policy: what is made to order has none unless a rule says so.
-- p_policy jsonb: from policy_of. answer: units, or null for no cap.
-- locks: none.
create or replace function holdfast_engine_N.cap_of(p_policy jsonb) returns bigint
language sql immutable as $$
  select case when p_policy ->> 'backorder_mode' <> 'made_to_order'
    or p_policy #>> '{rules,backorder_cap}' <> 'default'
    then (p_policy ->> 'backorder_cap')::bigint end
$$;

-- Tells of a rule that was changed, and what it does not do.
-- p_rule: the version that was written, or the one that was cleared; p_before, p_after jsonb: what
-- it said and says. answer: {"ok", the rule, "changed", "warnings": [{"code", "message"}]}.
-- Promises of those who wait are looked at again.
-- locks: none.
create or replace function holdfast_engine_N.rule_changed(
  p_tenant_id int, p_rule holdfast.policies, p_before jsonb, p_after jsonb, p_actor_id int,
  p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_rule jsonb := holdfast_engine_N.rule_row(p_tenant_id, p_rule.version);
  v_warnings jsonb := '[]';
begin
  insert into holdfast.events (tenant_id, event_id, type, data, recorded_at)
  values (p_tenant_id, holdfast.uuid_v7(), 'policy.changed',
    v_rule - array['fields', 'closed_at', 'closed_by', 'changed_at', 'changed_by']
      || jsonb_build_object('before', p_before, 'after', p_after, 'actor_id', p_actor_id), p_now);
  perform holdfast_engine_N.promises_fall_due(p_tenant_id, array(
    select b.level_id from holdfast_engine_N.levels_of_rule(p_tenant_id, p_rule) as c (level_id)
    join holdfast.levels b on b.tenant_id = p_tenant_id and b.level_id = c.level_id
      and b.backordered + b.held_backordered > 0
    order by b.level_id), 'policy');
  if p_after ->> 'backorder_mode' <> 'deny' and p_after -> 'backorder_cap' = '0' then
    v_warnings := v_warnings || jsonb_build_object('code', 'backorder_cap_zero',
      'message', 'backorder_cap is 0: nothing can be backordered.');
  end if;
  if p_after ->> 'backorder_mode' not in ('deny', 'made_to_order')
    and not p_after ? 'backorder_cap'
  then
    v_warnings := v_warnings || jsonb_build_object('code', 'backorder_cap_missing',
      'message', 'This rule has no backorder_cap: where no other rule has one, it is 0.');
  end if;
  return jsonb_build_object('ok', true, 'changed', true, 'warnings', v_warnings)
    || v_rule;
end $$;
