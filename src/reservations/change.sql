-- Changes one allocation and its level by the same units, with the movement: the one step that
-- every verb on a reservation is made of.
-- p_part record fields as separate arguments: from parts_with_rows; the changes by counter.
-- p_request jsonb: for reason, document, actor_id, occurred_at. answer: nothing.
-- Units that wait change the place in the queue with the allocation.
-- locks: the allocation's row and its place in the queue, under its level.
create or replace function holdfast_engine_N.change_part(
  p_tenant_id int, p_request jsonb, p_reservation_id uuid, p_kind int,
  p_inline boolean, p_line_no int, p_part_no int, p_level_id int, p_sku_id int, p_location_id int,
  p_on_hand bigint default 0, p_held bigint default 0, p_committed bigint default 0,
  p_fulfilled bigint default 0, p_released bigint default 0, p_expired bigint default 0,
  p_returned bigint default 0, p_damaged bigint default 0, p_quality_control bigint default 0,
  p_fact boolean default false, p_backordered bigint default 0,
  p_held_backordered bigint default 0
) returns void
language plpgsql volatile as $$
declare
  v_level holdfast.levels;
begin
  perform holdfast_engine_N.change_allocation(
    p_tenant_id, p_reservation_id, p_inline, p_line_no, p_part_no, p_held => p_held,
    p_committed => p_committed, p_fulfilled => p_fulfilled, p_released => p_released,
    p_expired => p_expired, p_returned => p_returned, p_backordered => p_backordered,
    p_held_backordered => p_held_backordered
  );
  v_level := holdfast_engine_N.record_movement(
    p_tenant_id, p_kind, p_level_id, p_on_hand => p_on_hand, p_held => p_held,
    p_committed => p_committed, p_damaged => p_damaged, p_quality_control => p_quality_control,
    p_fact => p_fact, p_reservation_id => p_reservation_id, p_line_no => p_line_no,
    p_part_no => p_part_no, p_reason => p_request ->> 'reason',
    p_document => p_request ->> 'document', p_actor_id => (p_request ->> 'actor_id')::int,
    p_occurred_at => (p_request ->> 'occurred_at')::timestamptz,
    p_sku_id => p_sku_id, p_location_id => p_location_id, p_backordered => p_backordered,
    p_held_backordered => p_held_backordered
  );
  if p_backordered <> 0 or p_held_backordered <> 0 then
    perform holdfast_engine_N.change_place(p_tenant_id, v_level, p_reservation_id, p_line_no,
      p_part_no, p_kind, p_backordered, p_held_backordered);
  end if;
end $$;

-- Ends what an overdue reservation still holds, at all of its levels.
-- p_now timestamptz. answer: true when the reservation's time is over.
-- A verb that comes late finds its own units expired, as anybody would.
-- locks: the allocations' rows, under their levels.
create or replace function holdfast_engine_N.expire_if_overdue(
  p_tenant_id int, p_reservation_id uuid, p_now timestamptz
) returns boolean
language plpgsql volatile as $$
declare
  v_row record;
begin
  if not exists (
    select from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id
      and r.expires_at <= p_now
  ) then
    return false;
  end if;
  for v_row in
    select * from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
    where a.held > 0 or a.held_backordered > 0
  loop
    perform holdfast_engine_N.expire_allocation(
      p_tenant_id, p_reservation_id, v_row.inline, v_row.line_no, v_row.part_no, v_row.level_id,
      v_row.held, v_row.sku_id, v_row.location_id, v_row.held_backordered
    );
    perform holdfast_engine_N.fill_buffers(p_tenant_id, v_row.level_id);
  end loop;
  return true;
end $$;
