-- Finds what a verb works on: the whole of a reservation, or the parts that its lines name.
-- p_request: "reservation_id", and "lines": [{"sku", "location", "quantity"}] for a part.
-- p_units text: what the verb may take of an allocation: 'open' (held, committed, waiting), 'held'
-- (waiting in a hold or expired too), 'committed', 'returnable'. p_short text: the refusal's code.
-- answer: {"parts": [{line, part, take, …the line's other fields}]}, or a refusal, or
-- {"again": true} when the reservation touches a level that is not locked. What it holds beyond its
-- time is freed first: a verb that comes late finds its units expired. locks: as expire_if_overdue.
create or replace function holdfast_engine_N.parts_of(
  p_tenant_id int, p_request jsonb, p_levels int[], p_units text, p_short text
) returns jsonb
language plpgsql volatile as $$
declare
  v_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_whole boolean := coalesce(jsonb_typeof(p_request -> 'lines'), 'null') = 'null';
  v_parts jsonb := '[]';
  v_taken jsonb := '{}'; -- "line/part" → units taken by earlier lines of this request
  v_want record;
  v_row record;
  v_left bigint;
  v_take bigint;
  v_refusal jsonb;
  v_kits jsonb;
begin
  if not exists (
    select from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id = v_id
  ) then
    return holdfast_engine_N.refuse('reservation_not_found', 'No reservation has this id.',
      jsonb_build_object('reservation_id', left(p_request ->> 'reservation_id', 64)));
  end if;
  if exists (
    select from holdfast_engine_N.allocations_of(p_tenant_id, v_id) as a
    where a.level_id is not null and not a.level_id = any (p_levels)
  ) then
    return '{"again": true}';
  end if;
  perform holdfast_engine_N.expire_if_overdue(p_tenant_id, v_id, holdfast.clock());
  if v_whole then
    return jsonb_build_object('parts', coalesce((
      select jsonb_agg(jsonb_build_object('line', a.line_no, 'part', a.part_no,
        'take', holdfast_engine_N.units_of(a.held, a.committed, a.fulfilled, a.expired, a.returned,
          a.backordered, a.held_backordered, p_units)) order by a.line_no, a.part_no)
      from holdfast_engine_N.allocations_of(p_tenant_id, v_id) as a
      where holdfast_engine_N.units_of(a.held, a.committed, a.fulfilled, a.expired, a.returned,
        a.backordered, a.held_backordered, p_units) > 0
    ), '[]'));
  end if;

  v_refusal := holdfast_engine_N.check_lines(p_tenant_id, p_request, false);
  if v_refusal is not null then
    return v_refusal;
  end if;
  for v_want in
    select * from holdfast_engine_N.resolved(p_request)
  loop
    v_left := (v_want.line ->> 'quantity')::bigint * v_want.factor;
    for v_row in
      select a.*, coalesce((v_taken ->> (a.line_no || '/' || a.part_no))::bigint, 0) as taken
      from holdfast_engine_N.allocations_of(p_tenant_id, v_id) as a
      left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = a.level_id
      where coalesce(l.sku_id, a.sku_id) = v_want.sku_id and (v_want.location_code is null
        or coalesce(l.location_id, a.location_id) = v_want.location_id) and a.sold_as is null
      order by a.line_no, a.part_no
    loop
      v_take := least(v_left, holdfast_engine_N.units_of(v_row.held, v_row.committed,
        v_row.fulfilled, v_row.expired, v_row.returned, v_row.backordered, v_row.held_backordered,
        p_units) - v_row.taken);
      continue when v_take <= 0;
      v_parts := v_parts || ((v_want.line - 'sku' - 'quantity' - 'location') || jsonb_build_object(
        'line', v_row.line_no, 'part', v_row.part_no, 'take', v_take));
      v_taken := v_taken || jsonb_build_object(v_row.line_no || '/' || v_row.part_no,
        v_row.taken + v_take);
      v_left := v_left - v_take;
    end loop;
    if v_left > 0 then
      v_kits := holdfast_engine_N.take_kits(p_tenant_id, v_id, to_jsonb(v_want), v_left, p_units,
        v_taken, v_want.line - 'sku' - 'quantity' - 'location');
      if v_kits ->> 'whole' is not null then
        return holdfast_engine_N.only_as_kit(v_id, to_jsonb(v_want), v_kits ->> 'whole');
      end if;
      v_parts := v_parts || (v_kits -> 'parts');
      v_taken := v_kits -> 'taken';
      v_left := (v_kits ->> 'left')::bigint;
    end if;
    if v_left > 0 then
      return holdfast_engine_N.refuse(p_short,
        format('Only %s of %s can be taken; %s were asked for.',
          (v_want.line ->> 'quantity')::bigint * v_want.factor - v_left, v_want.sku_code,
          (v_want.line ->> 'quantity')::bigint * v_want.factor),
        jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('line', v_want.line_no,
          'sku', v_want.sku_code, 'location', v_want.location_code,
          'asked', (v_want.line ->> 'quantity')::bigint * v_want.factor,
          'available', (v_want.line ->> 'quantity')::bigint * v_want.factor - v_left))));
    end if;
  end loop;
  return jsonb_build_object('parts', v_parts);
end $$;

-- What a verb may take of an allocation.
-- the allocation's quantities, p_units: see parts_of. answer: units.
-- Units that expired count with the held ones: a late commit may take them again. Those that wait
-- are open too, but nobody can ship them.
-- locks: none.
create or replace function holdfast_engine_N.units_of(
  p_held bigint, p_committed bigint, p_fulfilled bigint, p_expired bigint, p_returned bigint,
  p_backordered bigint, p_held_backordered bigint, p_units text
) returns bigint
language sql immutable as $$
  select case p_units
    when 'open' then p_held + p_committed + p_backordered + p_held_backordered
    when 'held' then p_held + p_held_backordered + p_expired
    when 'committed' then p_committed
    when 'returnable' then p_fulfilled - p_returned
  end
$$;

-- The parts that parts_of has found, each with its allocation as it is now.
-- p_parts jsonb. rows: the allocation's columns of allocations_of, take, and the "state" of the
-- line. In the order of the parts.
-- Lines that lead to the same allocation are one part: two would each take of what there was
-- before the other.
-- locks: none.
create or replace function holdfast_engine_N.parts_with_rows(
  p_tenant_id int, p_reservation_id uuid, p_parts jsonb
) returns table (
  take bigint, state text, inline boolean, line_no int, part_no int, level_id int, sku_id int,
  location_id int, held bigint, committed bigint, expired bigint, backordered bigint,
  held_backordered bigint
)
language plpgsql volatile rows 3 as $$
#variable_conflict use_column
begin
  return query
  select p.take, p.state, a.inline, a.line_no, a.part_no, a.level_id, a.sku_id, a.location_id,
    a.held, a.committed, a.expired, a.backordered, a.held_backordered
  from (
    select (e.part ->> 'line')::int as line, (e.part ->> 'part')::int as part,
      e.part ->> 'state' as state, sum((e.part ->> 'take')::bigint)::bigint as take,
      min(e.ordinal) as ordinal
    from jsonb_array_elements(p_parts) with ordinality as e (part, ordinal)
    group by 1, 2, 3
  ) as p
  join holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
    on a.line_no = p.line and a.part_no = p.part
  order by p.ordinal;
end $$;
