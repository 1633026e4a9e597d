-- The allocations of one reservation, from its own row or from their table: both forms as one.
-- p_tenant_id int, p_reservation_id uuid. rows: the allocations in order of line and part;
-- inline tells that the row stands in holdfast.reservations.
-- Works for a closed reservation too.
-- locks: none.
create or replace function holdfast_engine_N.allocations_of(
  p_tenant_id int, p_reservation_id uuid
) returns table (
  inline boolean, line_no int, part_no int, level_id int, sku_id int, location_id int,
  expires_at timestamptz, quantity bigint, held bigint, committed bigint, fulfilled bigint,
  released bigint, expired bigint, returned bigint, backordered bigint, held_backordered bigint,
  sold_as int, per_kit bigint
)
language plpgsql volatile rows 2 as $$
#variable_conflict use_column
begin
  return query
  select true, 1, 0, r.level_id, r.sku_id, r.location_id, r.expires_at, r.quantity, r.held,
    r.committed, r.fulfilled, r.released, r.expired, r.returned, r.backordered, r.held_backordered,
    null::int, null::bigint
  from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id
    and r.quantity is not null
  union all
  (
    select false, a.line_no::int, a.part_no::int, a.level_id, a.sku_id, a.location_id, a.expires_at,
      a.quantity, a.held, a.committed, a.fulfilled, a.released, a.expired, a.returned,
      a.backordered, a.held_backordered, a.sold_as, a.per_kit
    from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.reservation_id = p_reservation_id
    order by a.line_no, a.part_no
  );
end $$;

-- Changes one allocation's quantities, in whichever form it is kept.
-- p_inline, p_line_no, p_part_no: from allocations_of; the rest: changes. answer: nothing.
-- quantity follows what the parts add up to.
-- locks: the row; its level is locked already.
create or replace function holdfast_engine_N.change_allocation(
  p_tenant_id int, p_reservation_id uuid, p_inline boolean, p_line_no int, p_part_no int,
  p_held bigint default 0, p_committed bigint default 0, p_fulfilled bigint default 0,
  p_released bigint default 0, p_expired bigint default 0, p_returned bigint default 0,
  p_backordered bigint default 0, p_held_backordered bigint default 0
) returns void
language plpgsql volatile as $$
declare
  v_more bigint := p_held + p_committed + p_fulfilled + p_released + p_expired + p_backordered
    + p_held_backordered;
begin
  if p_inline then
    update holdfast.reservations r set
      quantity = r.quantity + v_more, held = r.held + p_held, committed = r.committed + p_committed,
      fulfilled = r.fulfilled + p_fulfilled, released = r.released + p_released,
      expired = r.expired + p_expired, returned = r.returned + p_returned,
      backordered = r.backordered + p_backordered,
      held_backordered = r.held_backordered + p_held_backordered
    where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id;
  else
    update holdfast.allocations a set
      quantity = a.quantity + v_more, held = a.held + p_held, committed = a.committed + p_committed,
      fulfilled = a.fulfilled + p_fulfilled, released = a.released + p_released,
      expired = a.expired + p_expired, returned = a.returned + p_returned,
      backordered = a.backordered + p_backordered,
      held_backordered = a.held_backordered + p_held_backordered
    where a.tenant_id = p_tenant_id and a.reservation_id = p_reservation_id
      and a.line_no = p_line_no and a.part_no = p_part_no;
  end if;
end $$;
