-- Takes the one cart of a browser for this transaction: two tabs of it come in turn.
-- p_request: {"key_id", "browser_id"}. answer: {"ok", "reservation_id", "open"} (null and false
-- for a browser without one; open: it still holds something).
-- locks: the browser's row, before all others of the transaction.
create or replace function holdfast_engine_N.take_browser_cart(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_cart holdfast.browser_carts;
  v_seen jsonb;
begin
  insert into holdfast.browser_carts (tenant_id, key_id, browser_id, changed_at)
  values (p_tenant_id, (p_request ->> 'key_id')::int, (p_request ->> 'browser_id')::uuid,
    holdfast.clock())
  on conflict do nothing;
  select c.* into strict v_cart from holdfast.browser_carts c
  where c.tenant_id = p_tenant_id and c.key_id = (p_request ->> 'key_id')::int
    and c.browser_id = (p_request ->> 'browser_id')::uuid
  for no key update;
  if v_cart.reservation_id is not null then
    v_seen := holdfast_engine_N.get_reservation(p_tenant_id,
      jsonb_build_object('reservation_id', v_cart.reservation_id));
  end if;
  return jsonb_build_object('ok', true, 'reservation_id', v_cart.reservation_id,
    'open', coalesce(v_seen ->> 'state' = 'held', false));
end $$;

-- Gives a browser its cart.
-- p_request: {"key_id", "browser_id", "reservation_id"}. answer: {"ok"}.
-- Carts that nobody has touched for 30 days are forgotten on the way.
-- locks: the browser's row, which this transaction has; old rows that nobody else has.
create or replace function holdfast_engine_N.put_browser_cart(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  update holdfast.browser_carts c
  set reservation_id = (p_request ->> 'reservation_id')::uuid, changed_at = holdfast.clock()
  where c.tenant_id = p_tenant_id and c.key_id = (p_request ->> 'key_id')::int
    and c.browser_id = (p_request ->> 'browser_id')::uuid;
  delete from holdfast.browser_carts c
  where c.tenant_id = p_tenant_id and (c.key_id, c.browser_id) in (
    select o.key_id, o.browser_id from holdfast.browser_carts o
    where o.tenant_id = p_tenant_id and o.changed_at < holdfast.clock() - interval '30 days'
    order by o.key_id, o.browser_id limit 10 for update skip locked);
  return '{"ok": true}';
end $$;

-- Counts a browser that is new to a key, so that nobody is a thousand of them.
-- p_request: {"key_id", "address"}. answer: {"ok"}, or too_many_attempts: 20 from one address in 15
-- minutes.
-- locks: the attempt's row.
create or replace function holdfast_engine_N.count_browser(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select coalesce(
    holdfast_engine_N.count_attempt(p_tenant_id,
      array['browser ' || (p_request ->> 'key_id') || ' ' || (p_request ->> 'address')],
      array[20]),
    '{"ok": true}')
$$;
