-- The verbs for callers who use SQL alone: a shop in PHP or Go, psql, a trigger of one's own.
-- p_tenant text: the tenant's code; p_request jsonb: as the library and HTTP take it, with "key"
-- for
-- idempotency. answer: as the library and HTTP answer it; a refusal is a value and aborts nothing.
-- locks: as the verb; they last until the caller's transaction ends.
create or replace function holdfast.call(p_tenant text, p_verb text, p_request jsonb) returns jsonb
language plpgsql volatile as $$
declare
  v_tenant_id int;
  v_answer jsonb;
begin
  perform set_config('holdfast.tenant_code', p_tenant, true);
  select t.tenant_id into v_tenant_id from holdfast.tenants t where t.code = p_tenant;
  if v_tenant_id is null then
    return holdfast_engine_N.refuse('tenant_not_found', 'No tenant has this code.',
      jsonb_build_object('tenant', p_tenant));
  end if;
  for attempt in 1..5 loop
    v_answer := (holdfast_engine_N.run(v_tenant_id, p_verb, jsonb_build_array(p_request)))[1];
    exit when not v_answer ? 'again';
  end loop;
  if v_answer ? 'again' then
    raise exception 'another call on the same rows was in the way; call again'
      using errcode = '40001';
  end if;
  return v_answer;
end $$;

-- Takes a hold on stock for a cart.
-- select holdfast.reserve('default', '{"lines": [{"sku": "TEE-M", "quantity": 2}], "key": "c-1"}');
-- answer: {"ok": true, "reservation_id": …} or {"ok": false, "refusal": {"code": …}}.
-- locks: see src/reservations/reserve.sql.
create or replace function holdfast.reserve(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'reserve', p_request) $$;

-- Sets the lines of a reservation to these; only the difference moves.
-- select holdfast.amend('default', '{"reservation_id": "…", "lines": [{"sku": "A", "quantity":
-- 1}]}');
-- answer: as reserve.
-- locks: see src/reservations/amend.sql.
create or replace function holdfast.amend(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'amend', p_request) $$;

-- Gives a hold more time, within the tenant's caps.
-- select holdfast.extend('default', '{"reservation_id": "…", "hold_seconds": 600}');
-- answer: as reserve.
-- locks: see src/reservations/extend.sql.
create or replace function holdfast.extend(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'extend', p_request) $$;

-- Commits all or part of a hold to an order.
-- select holdfast.commit('default', '{"reservation_id": "…", "order_reference": "1001"}');
-- answer: as reserve.
-- locks: see src/reservations/commit.sql.
create or replace function holdfast.commit(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'commit', p_request) $$;

-- Ships all or part of what is committed.
-- select holdfast.fulfill('default', '{"reservation_id": "…"}');
-- answer: as reserve.
-- locks: see src/reservations/fulfill.sql.
create or replace function holdfast.fulfill(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'fulfill', p_request) $$;

-- Gives back all or part of what is held or committed.
-- select holdfast.release('default', '{"reservation_id": "…", "reason": "cart emptied"}');
-- answer: as reserve.
-- locks: see src/reservations/release.sql.
create or replace function holdfast.release(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'release', p_request) $$;

-- Takes back all or part of what was fulfilled.
-- select holdfast.return('default', '{"reservation_id": "…", "state": "damaged"}');
-- answer: as reserve.
-- locks: see src/reservations/return.sql.
create or replace function holdfast.return(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'return', p_request) $$;

-- Books a sale that has already happened elsewhere.
-- select holdfast.record_sale('default', '{"order_reference": "till-7", "lines": [{"sku": "A",
-- "quantity": 1, "location": "store"}], "fulfilled": true}'); answer: as reserve.
-- locks: see src/reservations/recordSale.sql.
create or replace function holdfast.record_sale(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'record_sale', p_request) $$;

-- Changes counters by a difference.
-- select holdfast.adjust('default', '{"lines": [{"sku": "A", "location": "x", "quantity": -1}]}');
-- answer: {"ok": true, "lines": […]} or a refusal.
-- locks: the levels, by id.
create or replace function holdfast.adjust(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'adjust', p_request) $$;

-- Sets counters to what was counted.
-- select holdfast.set('default', '{"lines": [{"sku": "A", "location": "x", "quantity": 9}]}');
-- answer: as adjust.
-- locks: as adjust.
create or replace function holdfast.set(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'set', p_request) $$;

-- Moves units between the states of one level.
-- select holdfast.move('default', '{"lines": [{"sku": "A", "location": "x", "quantity": 1,
-- "from": "available", "to": "damaged"}]}'); answer: as adjust.
-- locks: as adjust.
create or replace function holdfast.move(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'move', p_request) $$;

-- Books units that have arrived.
-- select holdfast.receive('default', '{"lines": [{"sku": "A", "location": "x", "quantity": 10}]}');
-- answer: as adjust.
-- locks: as adjust.
create or replace function holdfast.receive(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'receive', p_request) $$;

-- Books units that are expected, with their day; whoever waits is told of another date.
-- select holdfast.book_supply('default', '{"code": "PO-1", "sku": "A", "location": "x",
-- "quantity": 24, "expected_on": "2027-03-01"}'); answer: the supply, or a refusal.
-- locks: the level, then the supply and the promises under it.
create or replace function holdfast.book_supply(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$
  select holdfast.call(p_tenant, 'book_supply', p_request - array['sku', 'location', 'quantity']
    || jsonb_build_object('lines', jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
      'sku', p_request -> 'sku', 'location', p_request -> 'location',
      'quantity', p_request -> 'quantity')))))
$$;

-- Moves supply to other days, or changes how much comes.
-- select holdfast.update_supply('default', '{"code": "PO-1", "expected_on": "2027-03-08"}');
-- answer: the supply, with how many promises have other dates now, or a refusal.
-- locks: as book_supply.
create or replace function holdfast.update_supply(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'update_supply', p_request) $$;

-- Cancels what of supply has not come.
-- select holdfast.cancel_supply('default', '{"code": "PO-1", "reason": "no yarn"}');
-- answer: as update_supply.
-- locks: as book_supply.
create or replace function holdfast.cancel_supply(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'cancel_supply', p_request) $$;

-- Receives supply by its code; whoever waits is served.
-- select holdfast.receive_supply('default', '{"code": "PO-1", "quantity": 3}');
-- answer: as receive.
-- locks: as book_supply, and the reservations of those who are served.
create or replace function holdfast.receive_supply(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'receive_supply', p_request) $$;

-- Records what a buyer has chosen whose date has moved.
-- select holdfast.answer_promise('default', '{"token": "hf_notice_…", "choice": "cancel"}');
-- answer: the notice, and how many units were cancelled, or a refusal.
-- locks: the notice, then the levels of the reservation and its row.
create or replace function holdfast.answer_promise(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'answer_promise', p_request) $$;

-- Says how many units of a level are kept for a channel; 0 ends it.
-- select holdfast.set_buffers('default', '{"lines":
--   [{"sku": "TEE-M", "location": "x", "channel": "amazon", "quantity": 20}]}');
-- answer: {"ok": true, "lines": [the buffers]} or a refusal.
-- locks: the levels by id, then their buffers.
create or replace function holdfast.set_buffers(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'set_buffers', p_request) $$;

-- Makes a kit of a SKU, or says anew what it is made of.
-- select holdfast.set_kit('default',
--   '{"sku": "BOX", "components": [{"sku": "MUG", "quantity": 2}]}');
-- answer: the kit, or a refusal.
-- locks: see src/kits/setKit.sql.
create or replace function holdfast.set_kit(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'set_kit', p_request) $$;

-- Builds assembled kits of their components.
-- select holdfast.build_kit('default', '{"sku": "BOX", "location": "x", "quantity": 10}');
-- answer: {"ok": true, "build": …, "lines": […]} or a refusal.
-- locks: see src/kits/buildKit.sql.
create or replace function holdfast.build_kit(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'build_kit', p_request) $$;

-- Breaks assembled kits down into their components.
-- select holdfast.break_down_kit('default', '{"sku": "BOX", "location": "x", "quantity": 1}');
-- answer: as build_kit.
-- locks: as build_kit.
create or replace function holdfast.break_down_kit(p_tenant text, p_request jsonb) returns jsonb
language sql volatile as $$ select holdfast.call(p_tenant, 'break_down_kit', p_request) $$;
