-- Moves supply to other days, or changes how much comes: later, earlier, or short.
-- p_request: {"code", "expected_on", "expected_to", "quantity": in units, not below what was
-- received; equal to it closes the supply short; "reason"}. answer: the supply with how many
-- "promises_changed" and "notices"; or supply_not_found, supply_closed, exceeds_ordered,
-- invalid_request.
-- locks: the level, then the supply and the promises under it.
create or replace function holdfast_engine_N.update_supply(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_supply holdfast.supply;
  v_quantity bigint;
  v_first date;
  v_last date;
  v_refusal jsonb;
begin
  v_refusal := holdfast_engine_N.check_fields(p_request, '{
    "code": {"is": "code", "max": 100, "needed": true},
    "expected_on": {"is": "day"}, "expected_to": {"is": "day"},
    "quantity": {"is": "integer", "least": 0, "most": 1000000000000},
    "reason": {"is": "text", "max": 255}}');
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_supply := holdfast_engine_N.lock_supply(p_tenant_id, p_request ->> 'code');
  v_refusal := holdfast_engine_N.check_open(v_supply, p_request ->> 'code');
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_first := coalesce(holdfast_engine_N.day_of(p_request -> 'expected_on'), v_supply.expected_on);
  v_last := coalesce(holdfast_engine_N.day_of(p_request -> 'expected_to'),
    case when p_request ->> 'expected_on' is null then v_supply.expected_to
      else v_first + (v_supply.expected_to - v_supply.expected_on) end);
  if (v_first, v_last) <> (v_supply.expected_on, v_supply.expected_to) then
    select holdfast_engine_N.check_expected(
      p_tenant_id, l.location_id, v_first, v_last, holdfast.clock())
    into v_refusal
    from holdfast.levels l where l.tenant_id = p_tenant_id and l.level_id = v_supply.level_id;
  end if;
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_quantity := coalesce((p_request ->> 'quantity')::numeric::bigint, v_supply.quantity);
  if v_quantity < v_supply.received then
    return holdfast_engine_N.refuse('exceeds_ordered', 'More than that was received already.',
      jsonb_build_object('supply', v_supply.code, 'received', v_supply.received));
  end if;
  update holdfast.supply s set expected_on = v_first, expected_to = v_last,
    quantity = case v_quantity when 0 then s.quantity else v_quantity end,
    state = case when v_quantity = 0 then 'cancelled' when v_quantity = s.received then 'short'
      else 'open' end,
    closed_at = case when v_quantity = s.received then holdfast.clock() end
  where s.tenant_id = p_tenant_id and s.supply_id = v_supply.supply_id;
  return holdfast_engine_N.supply_changed(p_tenant_id, v_supply.supply_id,
    case when v_quantity = 0 then 'cancelled' when v_quantity = v_supply.received then 'short'
      when v_quantity <> v_supply.quantity then 'resized' else 'moved' end,
    holdfast_engine_N.supply_before(v_supply), p_request);
end $$;

-- Cancels what of supply has not come.
-- p_request: {"code", "reason"}. answer: the supply, cancelled, or short where some of it has come;
-- or supply_not_found, supply_closed.
-- Whoever waits is pegged to what else comes, or told the lead time.
-- locks: the level, then the supply and the promises under it.
create or replace function holdfast_engine_N.cancel_supply(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_supply holdfast.supply;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "code": {"is": "code", "max": 100, "needed": true},
    "reason": {"is": "text", "max": 255}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_supply := holdfast_engine_N.lock_supply(p_tenant_id, p_request ->> 'code');
  v_refusal := holdfast_engine_N.check_open(v_supply, p_request ->> 'code');
  if v_refusal is not null then
    return v_refusal;
  end if;
  update holdfast.supply s set closed_at = holdfast.clock(),
    state = case when s.received > 0 then 'short' else 'cancelled' end
  where s.tenant_id = p_tenant_id and s.supply_id = v_supply.supply_id;
  return holdfast_engine_N.supply_changed(p_tenant_id, v_supply.supply_id,
    case when v_supply.received > 0 then 'short' else 'cancelled' end,
    holdfast_engine_N.supply_before(v_supply), p_request);
end $$;

-- Receives supply by its code: all that is open, or so many units. Whoever waits is served.
-- p_request: {"code", "quantity", "over": more than was ordered may come, "state", "document",
-- "reason", "occurred_at"}. answer: as receive, or supply_not_found, supply_closed,
-- exceeds_ordered.
-- locks: the level, then the supply, and as settle_queue.
create or replace function holdfast_engine_N.receive_supply(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_supply holdfast.supply;
  v_line jsonb;
  v_answer jsonb := holdfast_engine_N.check_fields(p_request, '{
    "code": {"is": "code", "max": 100, "needed": true},
    "quantity": {"is": "integer", "least": 1, "most": 1000000000000},
    "over": {"is": "boolean"}, "state": {"is": "text", "max": 50},
    "document": {"is": "text", "max": 255}, "reason": {"is": "text", "max": 255},
    "occurred_at": {"is": "instant"}}');
begin
  if v_answer is not null then
    return v_answer;
  end if;
  v_supply := holdfast_engine_N.lock_supply(p_tenant_id, p_request ->> 'code');
  v_answer := holdfast_engine_N.check_open(v_supply, p_request ->> 'code');
  if v_answer is not null then
    return v_answer;
  end if;
  select jsonb_build_object('sku', s.code, 'location', p.code, 'supply', v_supply.code,
    'quantity', coalesce(p_request -> 'quantity', to_jsonb(v_supply.quantity - v_supply.received)))
    || jsonb_strip_nulls(jsonb_build_object('over', p_request -> 'over',
      'state', p_request -> 'state'))
  into v_line
  from holdfast.levels l
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
  where l.tenant_id = p_tenant_id and l.level_id = v_supply.level_id;
  v_answer := holdfast_engine_N.change_stock(p_tenant_id, 'receive', holdfast_engine_N.resolve(
    p_tenant_id, jsonb_build_array(jsonb_build_object('lines', jsonb_build_array(v_line))
      || (p_request - array['code', 'quantity', 'over', 'state', 'key', 'fingerprint']))) -> 0);
  return v_answer;
end $$;

-- Locks supply by its code, and its level first.
-- p_code text. answer: its row as it is then; all null where there is none.
-- The level is locked before anything of it changes: the order of all verbs.
-- locks: the level, then the supply.
create or replace function holdfast_engine_N.lock_supply(p_tenant_id int, p_code text)
returns holdfast.supply
language plpgsql volatile as $$
declare
  v_supply holdfast.supply;
begin
  perform 1 from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = (
    select s.level_id from holdfast.supply s
    where s.tenant_id = p_tenant_id and s.code = normalize(p_code))
  for no key update;
  select s.* into v_supply from holdfast.supply s
  where s.tenant_id = p_tenant_id and s.code = normalize(p_code)
  for no key update;
  return v_supply;
end $$;

-- Refuses a change of supply that is not there, or not open any more.
-- p_supply: from lock_supply; p_code text: that was asked for. answer: a refusal, or null.
-- What has come, or was given up, changes no more: book what comes instead.
-- locks: none.
create or replace function holdfast_engine_N.check_open(p_supply holdfast.supply, p_code text)
returns jsonb
language sql immutable as $$
  select case
    when p_supply.supply_id is null then holdfast_engine_N.refuse('supply_not_found',
      format('No supply has the code "%s".', left(p_code, 100)),
      jsonb_build_object('supply', left(p_code, 100)))
    when p_supply.state <> 'open' then holdfast_engine_N.refuse('supply_closed',
      'This supply is not expected any more.',
      jsonb_build_object('supply', p_supply.code, 'state', p_supply.state))
  end
$$;

-- What the history keeps of supply before a change.
-- p_supply: its row. answer: jsonb.
-- locks: none.
create or replace function holdfast_engine_N.supply_before(p_supply holdfast.supply)
returns jsonb
language sql immutable as $$
  select jsonb_build_object('quantity', p_supply.quantity, 'received', p_supply.received,
    'expected_on', p_supply.expected_on, 'expected_to', p_supply.expected_to,
    'state', p_supply.state)
$$;

-- Checks a line of receive that names supply.
-- p_level_id int; p_line jsonb: "supply", "over"; p_units bigint. answer: a refusal, or null.
-- More than was ordered is refused, unless the line says that it may come.
-- locks: none; the level is locked, and with it its supply.
create or replace function holdfast_engine_N.check_receipt(
  p_tenant_id int, p_level_id int, p_line jsonb, p_units bigint
) returns jsonb
language plpgsql volatile as $$
declare
  v_supply holdfast.supply;
  v_refusal jsonb;
begin
  if coalesce(jsonb_typeof(p_line -> 'supply'), 'null') = 'null' then
    return null;
  end if;
  select s.* into v_supply from holdfast.supply s
  where s.tenant_id = p_tenant_id and s.code = normalize(p_line ->> 'supply')
    and s.level_id = p_level_id;
  v_refusal := holdfast_engine_N.check_open(v_supply, p_line ->> 'supply');
  if v_refusal is not null then
    return v_refusal;
  end if;
  if v_supply.received + p_units > v_supply.quantity
    and p_line -> 'over' is distinct from 'true'
  then
    return holdfast_engine_N.refuse('exceeds_ordered', 'More has come than was ordered.',
      jsonb_build_object('supply', v_supply.code, 'ordered', v_supply.quantity,
        'received', v_supply.received, 'asked', p_units));
  end if;
  return null;
end $$;

-- Books a receipt against its supply.
-- p_line jsonb: of receive, checked; p_units bigint; p_request jsonb: for reason and actor.
-- answer: nothing. Supply that has come whole is closed.
-- locks: the supply, under its level.
create or replace function holdfast_engine_N.book_receipt(
  p_tenant_id int, p_level_id int, p_line jsonb, p_units bigint, p_request jsonb
) returns void
language plpgsql volatile as $$
declare
  v_supply holdfast.supply;
begin
  if coalesce(jsonb_typeof(p_line -> 'supply'), 'null') = 'null' then
    return;
  end if;
  select s.* into v_supply from holdfast.supply s
  where s.tenant_id = p_tenant_id and s.code = normalize(p_line ->> 'supply')
    and s.level_id = p_level_id;
  update holdfast.supply s set received = s.received + p_units,
    last_received_at = holdfast.clock(),
    state = case when s.received + p_units >= s.quantity then 'received' else 'open' end,
    closed_at = case when s.received + p_units >= s.quantity then holdfast.clock() end
  where s.tenant_id = p_tenant_id and s.supply_id = v_supply.supply_id;
  perform holdfast_engine_N.supply_changed(p_tenant_id, v_supply.supply_id, 'received',
    holdfast_engine_N.supply_before(v_supply), p_request);
end $$;
