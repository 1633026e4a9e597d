-- The only writer of levels and ledger: changes one level's counters and writes the movement that
-- explains it, so that every counter is the sum of its movements.
-- p_fact: true for what has happened in the world, which may raise a shortage; a sale never may,
-- and a constraint of the level refuses it. Without a level (an untracked SKU) only the movement is
-- written. answer: the level after the movement (all null without a level).
-- A sale of a channel takes what is not free for all out of the channel's buffer.
-- No movement of a reservation stands before its creation, though the clock stepped back since:
-- reads look for them from there on.
-- locks: the level, which the frame has locked already; a buffer's row under it.
create or replace function holdfast_engine_N.record_movement(
  p_tenant_id int,
  p_kind int,
  p_level_id int,
  p_on_hand bigint default 0,
  p_held bigint default 0,
  p_committed bigint default 0,
  p_damaged bigint default 0,
  p_quality_control bigint default 0,
  p_set_aside bigint default 0,
  p_fact boolean default false,
  p_reservation_id uuid default null,
  p_line_no int default null,
  p_part_no int default null,
  p_reason text default null,
  p_document text default null,
  p_actor_id int default null,
  p_occurred_at timestamptz default null,
  p_sku_id int default null,
  p_location_id int default null,
  p_backordered bigint default 0,
  p_held_backordered bigint default 0
) returns holdfast.levels
language plpgsql volatile as $$
declare
  v_level holdfast.levels;
  v_now timestamptz := holdfast.clock();
  v_created_at timestamptz;
  v_channel_id int;
  v_buffered bigint := 0; -- of the units, those out of the channel's buffer
begin
  select r.created_at, r.channel_id into v_created_at, v_channel_id
  from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id;
  v_now := greatest(v_now, v_created_at);
  if v_channel_id is not null and p_kind in (1, 2, 3, 8) and p_held + p_committed > 0 then
    v_buffered := holdfast_engine_N.out_of_buffer(
      p_tenant_id, p_level_id, v_channel_id, p_held + p_committed);
  end if;
  if p_level_id is not null then
    update holdfast.levels l set
      on_hand = l.on_hand + p_on_hand,
      held = l.held + p_held,
      committed = l.committed + p_committed,
      damaged = l.damaged + p_damaged,
      quality_control = l.quality_control + p_quality_control,
      set_aside = l.set_aside + p_set_aside,
      backordered = l.backordered + p_backordered,
      held_backordered = l.held_backordered + p_held_backordered,
      shortage = least(
        case when p_fact then 9223372036854775807 else l.shortage end,
        greatest(0, l.held + l.committed + l.damaged + l.quality_control + l.set_aside - l.on_hand
          + p_held + p_committed + p_damaged + p_quality_control + p_set_aside - p_on_hand)
      ),
      version = l.version + 1,
      changed_at = greatest(l.changed_at, v_now)
    where l.tenant_id = p_tenant_id and l.level_id = p_level_id
    returning l.* into strict v_level;
  end if;

  insert into holdfast.inventory_transactions (
    tenant_id, level_id, version, recorded_at, occurred_at,
    on_hand_change, held_change, committed_change,
    damaged_change, quality_control_change, set_aside_change,
    on_hand, held, committed, backordered, damaged, quality_control, set_aside, shortage,
    reservation_id, sku_id, location_id, actor_id, kind, line_no, part_no, reason, document,
    backordered_change, held_backordered_change, held_backordered
  ) values (
    p_tenant_id, p_level_id, v_level.version, coalesce(v_level.changed_at, v_now), p_occurred_at,
    nullif(p_on_hand, 0), nullif(p_held, 0), nullif(p_committed, 0),
    nullif(p_damaged, 0), nullif(p_quality_control, 0), nullif(p_set_aside, 0),
    v_level.on_hand, v_level.held, v_level.committed, nullif(v_level.backordered, 0),
    nullif(v_level.damaged, 0), nullif(v_level.quality_control, 0),
    nullif(v_level.set_aside, 0), nullif(v_level.shortage, 0),
    p_reservation_id, p_sku_id, p_location_id, p_actor_id, p_kind, p_line_no, p_part_no,
    p_reason, p_document, nullif(p_backordered, 0), nullif(p_held_backordered, 0),
    nullif(v_level.held_backordered, 0)
  );
  if v_buffered > 0 then
    perform holdfast_engine_N.move_buffer(
      p_tenant_id, p_level_id, v_level.version, v_channel_id, -v_buffered);
  end if;
  return v_level;
end $$;
