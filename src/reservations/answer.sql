-- What every verb of a reservation answers: the reservation as it is after the verb.
-- p_tenant_id int, p_reservation_id uuid, p_extra jsonb: facts of the verb (reacquired …).
-- answer: {"ok": true, "reservation_id", "state", "expires_at", "order_reference", "lines": […]}
-- locks: none; the levels are locked, so their versions are those of this decision.
create or replace function holdfast_engine_N.reservation_answer(
  p_tenant_id int, p_reservation_id uuid, p_extra jsonb default '{}'
) returns jsonb
language plpgsql volatile as $$
begin
  return (select jsonb_build_object(
    'ok', true,
    'reservation_id', r.reservation_id,
    'state', case when total.held > 0 then 'held' when total.committed > 0 then 'committed'
      else 'closed' end,
    'expires_at', case when total.held > 0 then r.expires_at end,
    'order_reference', r.order_reference,
    'lines', total.lines
  ) || p_extra
  from holdfast.reservations r
  cross join lateral (
    select sum(a.held + a.held_backordered) as held,
      sum(a.committed + a.backordered) as committed,
      jsonb_agg(jsonb_build_object(
        'line', a.line_no, 'part', a.part_no, 'sku', s.code, 'location', p.code,
        'quantity', a.quantity, 'held', a.held, 'committed', a.committed,
        'fulfilled', a.fulfilled, 'released', a.released, 'expired', a.expired,
        'returned', a.returned, 'version', l.version
      ) || holdfast_engine_N.waits(p_tenant_id, p_reservation_id, a.line_no, a.part_no,
        a.backordered, a.held_backordered)
        || holdfast_engine_N.kit_of_line(p_tenant_id, a.sold_as, a.per_kit)
        order by a.line_no, a.part_no) as lines
    from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
    left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = a.level_id
    -- case, not coalesce: before PostgreSQL 18 the planner takes coalesce for one that might leak,
    -- row-level security keeps it out of the index condition, and all SKUs of the tenant are read.
    left join holdfast.skus s on s.tenant_id = p_tenant_id
      and s.sku_id = case when l.level_id is null then a.sku_id else l.sku_id end
    left join holdfast.locations p on p.tenant_id = p_tenant_id
      and p.location_id = case when l.level_id is null then a.location_id else l.location_id end
  ) as total
  where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id);
end $$;

-- What a line that waits for units says beyond the others.
-- p_line_no int, p_part_no int; p_backordered, p_held_backordered bigint: units. answer: these and
-- the promise; {} where nothing waits: most lines, and all of a shop that backorders nothing.
-- locks: none.
create or replace function holdfast_engine_N.waits(
  p_tenant_id int, p_reservation_id uuid, p_line_no int, p_part_no int, p_backordered bigint,
  p_held_backordered bigint
) returns jsonb
language sql stable as $$
  select case when p_backordered + p_held_backordered > 0 then jsonb_build_object(
    'backordered', p_backordered, 'held_backordered', p_held_backordered,
    'promise', holdfast_engine_N.line_promise(p_tenant_id, p_reservation_id, p_line_no, p_part_no)
  ) else '{}' end
$$;

-- What a line of an answer says of the kit that it was sold as.
-- p_sold_as int, p_per_kit bigint: of the allocation. answer: {"kit", "per_kit"}, or {} for most.
-- locks: none.
create or replace function holdfast_engine_N.kit_of_line(
  p_tenant_id int, p_sold_as int, p_per_kit bigint
) returns jsonb
language plpgsql stable as $$
begin
  if p_sold_as is null then
    return '{}';
  end if;
  return jsonb_build_object('per_kit', p_per_kit, 'kit', (
    select s.code from holdfast.skus s
    where s.tenant_id = p_tenant_id and s.sku_id = p_sold_as));
end $$;
