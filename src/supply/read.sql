-- Shows supply with its history.
-- p_request: {"code"}. answer: the supply with "changes", or supply_not_found.
-- Each change with what it was before and after, by whom and why.
-- locks: none.
create or replace function holdfast_engine_N.get_supply(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_supply holdfast.supply;
begin
  select s.* into v_supply from holdfast.supply s
  where s.tenant_id = p_tenant_id and s.code = normalize(p_request ->> 'code');
  if v_supply.supply_id is null then
    return holdfast_engine_N.check_open(v_supply, p_request ->> 'code');
  end if;
  return '{"ok": true}' || holdfast_engine_N.supply_row(p_tenant_id, v_supply.supply_id)
    || jsonb_build_object('changes', (
      select jsonb_agg(jsonb_build_object('what', c.what, 'before', c.before, 'after', c.after,
        'reason', c.reason, 'actor_id', c.actor_id, 'changed_at', c.changed_at)
        order by c.change_no)
      from holdfast.supply_changes c
      where c.tenant_id = p_tenant_id and c.supply_id = v_supply.supply_id));
end $$;

-- Lists supply, what is expected first.
-- p_request: "sku", "location", "state" (open, received, short, cancelled), "late": true, "q" (in
-- the code), "sort" (expected_to, created_at, code; - turns it around), "limit", "cursor".
-- answer: a page, or unknown_sku, unknown_location.
-- locks: none.
create or replace function holdfast_engine_N.list_supply(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"expected_to": "date", "created_at": "timestamptz", "code": "text"}';
  v_place jsonb;
  v_refusal jsonb := holdfast_engine_N.check_page(p_request, '{
    "sku": {"is": "text", "max": 255}, "location": {"is": "text", "max": 100},
    "state": {"is": "choice", "of": ["open", "received", "short", "cancelled"]},
    "late": {"is": "boolean"}, "q": {"is": "text", "max": 100}}', v_sorts);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_place := holdfast_engine_N.place_of(p_tenant_id, p_request);
  if v_place ? 'refusal' then
    return v_place;
  end if;
  return holdfast_engine_N.page(p_tenant_id, p_request || jsonb_build_object('place', v_place,
    'now', holdfast.clock()), $from$
      select s.supply_id as id, s.expected_to, s.created_at, s.code
      from holdfast.supply s
      join holdfast.levels l on l.tenant_id = $1 and l.level_id = s.level_id
      join holdfast.locations p on p.tenant_id = $1 and p.location_id = l.location_id
      where s.tenant_id = $1
        and ($2 #>> '{place,sku_id}' is null or l.sku_id = ($2 #>> '{place,sku_id}')::int)
        and ($2 #>> '{place,location_id}' is null
          or l.location_id = ($2 #>> '{place,location_id}')::int)
        and ($2 ->> 'state' is null or s.state = $2 ->> 'state')
        and ($2 -> 'late' is distinct from 'true' or (s.state = 'open'
          and s.expected_to < (($2 ->> 'now')::timestamptz at time zone p.time_zone)::date))
        and ($2 ->> 'q' is null
          or strpos(lower(s.code), lower(normalize($2 ->> 'q'))) > 0)
    $from$, v_sorts, 'expected_to', 'supply_row');
end $$;

-- When the next supply comes of which nobody is promised a unit.
-- p_level_ids int[]: those that were asked. answer: {"expected_to", "units"}, or null for none.
-- For a refusal: when to come back.
-- locks: none.
create or replace function holdfast_engine_N.next_supply(p_tenant_id int, p_level_ids int[])
returns jsonb
language sql volatile as $$
  select jsonb_build_object('expected_to', f.expected_to, 'units', f.units)
  from (
    select s.expected_to, least(s.quantity - s.received, sum(s.quantity - s.received) over (
        partition by s.level_id order by s.expected_to, s.supply_id)
      - (l.backordered + l.held_backordered)) as units
    from holdfast.supply s
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = s.level_id
    where s.tenant_id = p_tenant_id and s.level_id = any (p_level_ids) and s.state = 'open'
  ) as f
  where f.units > 0
  order by f.expected_to limit 1
$$;
