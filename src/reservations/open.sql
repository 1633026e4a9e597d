-- True when a plan's only part is the first of line 1, and of no kit: such an allocation is kept in
-- the reservation's own row.
-- p_plan jsonb: from plan. answer: boolean.
-- locks: none.
create or replace function holdfast_engine_N.stands_inline(p_plan jsonb) returns boolean
language sql immutable as $$
  select jsonb_array_length(p_plan) = 1
    and p_plan -> 0 -> 'line' = '1' and p_plan -> 0 -> 'part' = '0'
    and not p_plan -> 0 ? 'sold_as'
$$;

-- Opens a new reservation: its row, and its allocations with their movements.
-- p_request jsonb: "hold_seconds" is needed for a hold that ends, "channel_id" is the door's own;
-- p_plan jsonb: from plan; p_kind int: of the movements; p_held boolean: into held, else into
-- committed; p_fact as in record_movement. answer: false when the id is taken, and then nothing
-- has changed. locks: the new rows, under their levels.
create or replace function holdfast_engine_N.open_reservation(
  p_tenant_id int, p_reservation_id uuid, p_request jsonb, p_plan jsonb, p_kind int,
  p_held boolean, p_fact boolean, p_now timestamptz
) returns boolean
language plpgsql volatile as $$
declare
  v_expires_at timestamptz;
  v_inline jsonb := case when holdfast_engine_N.stands_inline(p_plan) then p_plan -> 0 end;
  v_later bigint := coalesce((v_inline ->> 'later')::bigint, 0); -- of its units, those that wait
  v_units bigint := (v_inline ->> 'quantity')::bigint;
  v_now bigint := v_units - v_later;
  v_zero bigint := case when v_inline is not null then 0 end;
begin
  if p_held and p_request ->> 'owner' is null then
    v_expires_at := p_now + make_interval(secs => (p_request ->> 'hold_seconds')::int);
  end if;
  insert into holdfast.reservations (
    tenant_id, reservation_id, created_at, expires_at, lines, buyer, order_reference, owner,
    review_at, tags, channel_id, tier, level_id, sku_id, location_id, quantity, held, committed,
    backordered, held_backordered, fulfilled, released, expired, returned
  ) values (
    p_tenant_id, p_reservation_id, p_now, v_expires_at, jsonb_array_length(p_request -> 'lines'),
    p_request ->> 'buyer', p_request ->> 'order_reference', p_request ->> 'owner',
    (p_request ->> 'review_at')::timestamptz,
    case when jsonb_typeof(p_request -> 'tags') = 'array'
      then array(select jsonb_array_elements_text(p_request -> 'tags')) end,
    (p_request ->> 'channel_id')::smallint, normalize(p_request ->> 'tier'),
    (v_inline ->> 'level_id')::int,
    case when v_inline ->> 'level_id' is null then (v_inline ->> 'sku_id')::int end,
    case when v_inline ->> 'level_id' is null then (v_inline ->> 'location_id')::int end,
    v_units, case when p_held then v_now else v_zero end,
    case when p_held then v_zero else v_now end,
    case when p_held or v_inline is null then v_zero else v_later end,
    case when p_held and v_inline is not null then v_later else v_zero end,
    v_zero, v_zero, v_zero, v_zero
  )
  on conflict do nothing;
  if not found then
    return false;
  end if;
  perform holdfast_engine_N.allocate(
    p_tenant_id, p_reservation_id, p_request, p_plan, p_kind, p_held, p_fact, v_inline is not null
  );
  return true;
end $$;

-- Writes the movements of a plan's parts and, unless the one part stands in the reservation's row
-- already, its allocations; adds to an allocation of the same line and part.
-- p_request jsonb: for reason, document, actor_id and occurred_at; the rest as open_reservation.
-- Units that wait join the queue. answer: nothing.
-- locks: the reservation's rows, under their levels.
create or replace function holdfast_engine_N.allocate(
  p_tenant_id int, p_reservation_id uuid, p_request jsonb, p_plan jsonb, p_kind int,
  p_held boolean, p_fact boolean, p_inline boolean
) returns void
language plpgsql volatile as $$
declare
  v_part record;
  v_later bigint;
  v_held bigint;
  v_committed bigint;
  v_level holdfast.levels;
begin
  for v_part in
    select * from jsonb_to_recordset(p_plan) as p (line int, part int, level_id int, sku_id int,
      location_id int, quantity bigint, later bigint, cap bigint, whole boolean, sold_as int,
      per_kit bigint)
  loop
    v_later := coalesce(v_part.later, 0);
    v_held := case when p_held then v_part.quantity - v_later else 0 end;
    v_committed := case when p_held then 0 else v_part.quantity - v_later end;
    if v_later > 0 then
      perform holdfast_engine_N.open_ceiling(p_tenant_id, v_part.level_id, v_part.cap);
    end if;
    if not p_inline then
      insert into holdfast.allocations as a (
        tenant_id, reservation_id, line_no, part_no, level_id, sku_id, location_id, expires_at,
        quantity, held, committed, backordered, held_backordered, sold_as, per_kit
      )
      select p_tenant_id, p_reservation_id, v_part.line, v_part.part, v_part.level_id,
        case when v_part.level_id is null then v_part.sku_id end,
        case when v_part.level_id is null then v_part.location_id end,
        r.expires_at, v_part.quantity, v_held, v_committed,
        case when p_held then 0 else v_later end, case when p_held then v_later else 0 end,
        v_part.sold_as, v_part.per_kit
      from holdfast.reservations r
      where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id
      on conflict (tenant_id, reservation_id, line_no, part_no) do update set
        quantity = a.quantity + excluded.quantity, held = a.held + excluded.held,
        committed = a.committed + excluded.committed,
        backordered = a.backordered + excluded.backordered,
        held_backordered = a.held_backordered + excluded.held_backordered;
    end if;
    v_level := holdfast_engine_N.record_movement(
      p_tenant_id, p_kind, v_part.level_id, p_held => v_held, p_committed => v_committed,
      p_fact => p_fact, p_reservation_id => p_reservation_id, p_line_no => v_part.line,
      p_part_no => v_part.part, p_reason => p_request ->> 'reason',
      p_document => p_request ->> 'document', p_actor_id => (p_request ->> 'actor_id')::int,
      p_occurred_at => (p_request ->> 'occurred_at')::timestamptz,
      p_sku_id => case when v_part.level_id is null then v_part.sku_id end,
      p_location_id => case when v_part.level_id is null then v_part.location_id end,
      p_backordered => case when p_held then 0 else v_later end,
      p_held_backordered => case when p_held then v_later else 0 end
    );
    if v_later > 0 then
      perform holdfast_engine_N.join_queue(p_tenant_id, v_level, p_reservation_id, v_part.line,
        v_part.part, case when p_held then 0 else v_later end,
        case when p_held then v_later else 0 end, v_part.whole);
    end if;
  end loop;
end $$;
