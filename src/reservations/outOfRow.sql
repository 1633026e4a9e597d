-- Moves a reservation's only allocation out of its own row into their table, since a second comes.
-- answer: the highest line number that the reservation has.
-- It stays there for good: one form a reservation, never two.
-- locks: the reservation's row, under its levels.
create or replace function holdfast_engine_N.move_out_of_row(
  p_tenant_id int, p_reservation_id uuid
) returns int
language plpgsql volatile as $$
begin
  insert into holdfast.allocations (
    tenant_id, reservation_id, line_no, part_no, level_id, sku_id, location_id, expires_at,
    quantity, held, committed, backordered, held_backordered, fulfilled, released, expired, returned
  )
  select r.tenant_id, r.reservation_id, 1, 0, r.level_id, r.sku_id, r.location_id, r.expires_at,
    r.quantity, r.held, r.committed, r.backordered, r.held_backordered, r.fulfilled, r.released,
    r.expired, r.returned
  from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id
    and r.quantity is not null;
  update holdfast.reservations r set
    level_id = null, sku_id = null, location_id = null, quantity = null, held = null,
    committed = null, backordered = null, held_backordered = null, fulfilled = null,
    released = null, expired = null, returned = null
  where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id
    and r.quantity is not null;
  return coalesce((
    select max(a.line_no) from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.reservation_id = p_reservation_id
  ), 0);
end $$;

-- Gives an amended hold its window anew, at most up to its total life; never shortens it.
-- p_now timestamptz. answer: nothing. A staff hold has no expiry and keeps none.
-- An order's hold has the unpaid order's window. The lines are the new ones already.
-- locks: the reservation's rows, under their levels.
create or replace function holdfast_engine_N.refresh_expiry(
  p_tenant_id int, p_reservation_id uuid, p_now timestamptz
) returns void
language plpgsql volatile as $$
declare
  v_until timestamptz;
begin
  select greatest(r.expires_at, least(
    r.created_at + make_interval(secs => w.hold_life_seconds_max),
    p_now + make_interval(secs => w.seconds)))
  into v_until
  from holdfast.reservations r
  cross join lateral holdfast_engine_N.hold_window(p_tenant_id, p_reservation_id, null,
    r.channel_id, r.tier, r.order_reference is not null, p_now) as w
  where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id
    and r.expires_at is not null;
  if found then
    perform holdfast_engine_N.set_expiry(p_tenant_id, p_reservation_id, v_until);
  end if;
end $$;
