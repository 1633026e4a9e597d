-- Brings the queue of a level to what its allocations say: places of those who wait no more go, and
-- whoever waits without a place joins at the end, in the order of their reservations.
-- p_level_id int: locked. answer: nothing.
-- For a repair: the verbs keep both together.
-- locks: the places, under the level.
create or replace function holdfast_engine_N.mend_queue(p_tenant_id int, p_level_id int)
returns void
language plpgsql volatile as $$
declare
  v_level holdfast.levels;
  v_part record;
begin
  select l.* into strict v_level from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  delete from holdfast.backorders b
  where b.tenant_id = p_tenant_id and b.level_id = p_level_id and not exists (
    select from holdfast_engine_N.allocations_of(p_tenant_id, b.reservation_id) as a
    where a.line_no = b.line_no and a.part_no = b.part_no and a.level_id = p_level_id
      and a.backordered + a.held_backordered > 0);
  update holdfast.promises p set ended_at = holdfast.clock(), outcome = 'cancelled'
  where p.tenant_id = p_tenant_id and p.level_id = p_level_id and p.ended_at is null
    and not exists (
      select from holdfast.backorders b where b.tenant_id = p_tenant_id
        and b.reservation_id = p.reservation_id and b.line_no = p.line_no
        and b.part_no = p.part_no);
  for v_part in
    select a.reservation_id, a.line_no, a.part_no, a.backordered, a.held_backordered,
      b.queue_no, r.expires_at
    from (
      select o.reservation_id, 1 as line_no, 0 as part_no, o.backordered, o.held_backordered
      from holdfast.reservations o
      where o.tenant_id = p_tenant_id and o.level_id = p_level_id
        and o.backordered + o.held_backordered > 0
      union all
      select o.reservation_id, o.line_no, o.part_no, o.backordered, o.held_backordered
      from holdfast.allocations o
      where o.tenant_id = p_tenant_id and o.level_id = p_level_id
        and o.backordered + o.held_backordered > 0
    ) as a
    join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = a.reservation_id
    left join holdfast.backorders b on b.tenant_id = p_tenant_id
      and b.reservation_id = a.reservation_id and b.line_no = a.line_no and b.part_no = a.part_no
    order by a.reservation_id, a.line_no, a.part_no
  loop
    if v_part.queue_no is null then
      -- No version is given twice: behind the newest place of the queue.
      v_level.version := greatest(v_level.version, (
        select max(b.queue_no) + 1 from holdfast.backorders b
        where b.tenant_id = p_tenant_id and b.level_id = p_level_id));
      perform holdfast_engine_N.join_queue(p_tenant_id, v_level, v_part.reservation_id,
        v_part.line_no, v_part.part_no, v_part.backordered, v_part.held_backordered, false);
    else
      update holdfast.backorders b set backordered = v_part.backordered,
        held_backordered = v_part.held_backordered,
        expires_at = case when v_part.held_backordered > 0 then v_part.expires_at end
      where b.tenant_id = p_tenant_id and b.level_id = p_level_id
        and b.queue_no = v_part.queue_no;
    end if;
  end loop;
end $$;

-- Corrects the queue of a level where it is not what the allocations say.
-- p_level_id int: locked. answer: an array of at most one correction.
-- No counter changes by it, so there is no movement.
-- locks: as mend_queue.
create or replace function holdfast_engine_N.correct_queue(p_tenant_id int, p_level_id int)
returns jsonb
language plpgsql volatile as $$
declare
  v_faults jsonb;
begin
  select jsonb_agg(jsonb_build_object('what', 'queue: ' || f.what, 'from', f.found,
    'to', f.expected) order by f.what)
  into v_faults
  from holdfast_engine_N.queue_faults(p_tenant_id, p_level_id - 1, p_level_id) as f
  where f.code not in ('place_without_promise', 'peg_without_units');
  if v_faults is null then
    return '[]';
  end if;
  perform holdfast_engine_N.mend_queue(p_tenant_id, p_level_id);
  return jsonb_build_array(
    holdfast_engine_N.correction('queue', 'queue_by_allocations', v_faults, p_level_id));
end $$;
