-- Advises whether a SKU should be backordered, by what is known of its supply: allow where it is
-- made to order, has a dated campaign, or comes reliably; deny where it was often late, comes
-- irregularly, or nothing is known.
-- p_request: {"sku", "location"}. answer: {"ok", "sku", "location", "advice": allow or deny,
-- "reason", "facts", "fields": what a rule would say, "now": the mode that holds}; or unknown_sku,
-- unknown_location, invalid_request. locks: none.
create or replace function holdfast_engine_N.advise_backorders(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_place jsonb;
  v_policy jsonb;
  v_kind text;
  v_facts record;
  v_reason text;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "sku": {"is": "code", "max": 255, "needed": true}, "location": {"is": "code", "max": 100}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_place := holdfast_engine_N.place_of(p_tenant_id, p_request);
  if v_place ? 'refusal' then
    return v_place;
  end if;
  v_policy := holdfast_engine_N.policy_of(p_tenant_id, (v_place ->> 'sku_id')::int,
    (v_place ->> 'location_id')::int, null, null, holdfast.clock());
  select p.kind into v_kind from holdfast.locations p
  where p.tenant_id = p_tenant_id and p.location_id = (v_place ->> 'location_id')::int;
  v_facts := holdfast_engine_N.supply_record(
    p_tenant_id, (v_place ->> 'sku_id')::int, (v_place ->> 'location_id')::int);
  v_reason := case
    when v_policy ->> 'backorder_mode' = 'made_to_order' then 'made_to_order'
    when v_policy ->> 'backorder_mode' = 'pre_order' then 'campaign'
    when v_kind in ('3pl', 'drop_ship') and v_facts.received = 0 then 'no_feed'
    when v_facts.received >= 3 and v_facts.late * 5 > v_facts.received then 'often_late'
    when v_facts.received >= 3 and v_facts.days_max - v_facts.days_min > 14 then 'irregular'
    when v_facts.received >= 3 then 'reliable'
    when v_policy ->> 'lead_days_max' is not null and v_facts.late = 0 then 'lead_time_known'
    else 'nothing_known' end;
  return jsonb_build_object('ok', true, 'sku', p_request ->> 'sku',
    'location', p_request ->> 'location', 'now', v_policy ->> 'backorder_mode',
    'advice', case when v_reason in ('made_to_order', 'campaign', 'reliable', 'lead_time_known')
      then 'allow' else 'deny' end,
    'reason', v_reason, 'facts', jsonb_build_object('received', v_facts.received,
      'late', v_facts.late, 'days_min', v_facts.days_min, 'days_max', v_facts.days_max,
      'expected', v_facts.expected),
    'fields', case v_reason
      when 'reliable' then jsonb_build_object('backorder_mode', 'allow',
        'backorder_cap', greatest(v_facts.expected, v_facts.usual),
        'lead_days_min', v_facts.days_min, 'lead_days_max', v_facts.days_max)
      when 'lead_time_known' then jsonb_build_object('backorder_mode', 'allow',
        'backorder_cap', greatest(v_facts.expected, (v_policy ->> 'backorder_cap')::bigint, 1))
      when 'made_to_order' then '{"backorder_mode": "made_to_order"}'
      when 'campaign' then '{"backorder_mode": "pre_order"}'
      else '{"backorder_mode": "deny"}' end);
end $$;

-- What the supply of a SKU was like: how much of it came late, and after how many business days.
-- p_location_id int: null for all. answer: received and late: how many supplies; days_min,
-- days_max: the tenth and the ninetieth of a hundred; expected: units that are open; usual: units
-- of the last that came.
-- Only what has come whole, or was given up, is judged; the last fifty.
-- locks: none.
create or replace function holdfast_engine_N.supply_record(
  p_tenant_id int, p_sku_id int, p_location_id int,
  out received bigint, out late bigint, out days_min int, out days_max int, out expected bigint,
  out usual bigint
)
language sql volatile as $$
  with known as (
    select s.*, p.time_zone, (s.last_received_at at time zone p.time_zone)::date as came_on,
      row_number() over (order by s.closed_at desc nulls last, s.supply_id desc) as n
    from holdfast.supply s
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = s.level_id
    join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
    where s.tenant_id = p_tenant_id and l.sku_id = p_sku_id
      and (p_location_id is null or l.location_id = p_location_id)
  ), judged as (
    select k.*, holdfast_engine_N.weekdays_between(
      (k.created_at at time zone k.time_zone)::date, k.came_on) as days
    from known k
    where k.state in ('received', 'short') and k.came_on is not null and k.n <= 50
  )
  select count(*), count(*) filter (where j.came_on > j.first_expected_to or j.state = 'short'),
    floor(percentile_cont(0.1) within group (order by j.days))::int,
    ceil(percentile_cont(0.9) within group (order by j.days))::int,
    coalesce((select sum(k.quantity - k.received) from known k where k.state = 'open'), 0),
    coalesce((select k.quantity from known k where k.state = 'received'
      order by k.closed_at desc limit 1), 1)
  from judged j
$$;

-- How many weekdays lie between two days.
-- p_first, p_last date. answer: 0 for the same day.
-- locks: none.
create or replace function holdfast_engine_N.weekdays_between(p_first date, p_last date)
returns int
language sql immutable as $$
  select greatest(0,
    (p_last - date '2000-01-03') / 7 * 5 + least((p_last - date '2000-01-03') % 7, 5)
    - (p_first - date '2000-01-03') / 7 * 5 - least((p_first - date '2000-01-03') % 7, 5))
$$;
