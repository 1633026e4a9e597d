-- Locks a reservation's levels, which every verb locks before it changes the reservation, and shows
-- it as a read does: what If-Match is held against cannot change until the transaction ends.
-- p_request: {"reservation_id"}. answer: as get_reservation.
-- locks: the levels, by id, taken by the frame of every write.
create or replace function holdfast_engine_N.lock_reservation(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.get_reservation(p_tenant_id, p_request)
$$;

-- Locks a SKU as every change of it does, and shows it as a read does.
-- p_request: {"code"}: any of its codes. answer: as get_sku.
-- It is read after the lock.
-- locks: its levels by id, then its row.
create or replace function holdfast_engine_N.lock_sku_for_match(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  perform holdfast_engine_N.lock_sku(p_tenant_id, c.sku_id)
  from holdfast_engine_N.sku_of(p_tenant_id, p_request ->> 'code') as c;
  return holdfast_engine_N.get_sku(p_tenant_id, p_request);
end $$;
