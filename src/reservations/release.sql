-- Gives back all or part of what is held or committed: units that wait first, then held ones.
-- p_request: {"reservation_id", "lines", "reason"}. answer: reservation_answer; refusal
-- exceeds_remaining. p_levels int[]: locked by the frame.
-- A hold that is overdue has nothing left to give back: its units expired.
-- locks: the reservation's rows, under their levels.
create or replace function holdfast_engine_N.release(
  p_tenant_id int, p_request jsonb, p_levels int[]
) returns jsonb
language plpgsql volatile as $$
declare
  v_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_found jsonb;
  v_part record;
begin
  v_found := holdfast_engine_N.parts_of(
    p_tenant_id, p_request, p_levels, 'open', 'exceeds_remaining');
  if not v_found ? 'parts' then
    return v_found;
  end if;
  if jsonb_array_length(v_found -> 'parts') = 0 then
    return holdfast_engine_N.refuse('exceeds_remaining', 'Nothing is held or committed any more.',
      jsonb_build_object('reservation_id', v_id, 'reservation',
        holdfast_engine_N.reservation_answer(p_tenant_id, v_id) - 'ok'));
  end if;
  for v_part in
    select p.*, g.*
    from holdfast_engine_N.parts_with_rows(p_tenant_id, v_id, v_found -> 'parts') as p
    cross join lateral holdfast_engine_N.given_back(
      p.take, p.held_backordered, p.backordered, p.held) as g
  loop
    perform holdfast_engine_N.change_part(
      p_tenant_id, p_request, v_id, 5, v_part.inline, v_part.line_no, v_part.part_no,
      v_part.level_id, v_part.sku_id, v_part.location_id,
      p_held => -v_part.of_held, p_committed => -v_part.of_committed,
      p_released => v_part.take, p_backordered => -v_part.of_backordered,
      p_held_backordered => -v_part.of_held_backordered
    );
  end loop;
  return holdfast_engine_N.reservation_answer(p_tenant_id, v_id);
end $$;

-- Which units of an allocation are given back: first those that wait, since they cost nobody
-- anything; then held ones, then committed ones.
-- p_take bigint: of the three and what is committed. rows: one, units by counter.
-- locks: none.
create or replace function holdfast_engine_N.given_back(
  p_take bigint, p_held_backordered bigint, p_backordered bigint, p_held bigint
) returns table (
  of_held_backordered bigint, of_backordered bigint, of_held bigint, of_committed bigint
)
language sql immutable rows 1 as $$
  select a.units, b.units, c.units, p_take - a.units - b.units - c.units
  from (select least(p_take, p_held_backordered) as units) as a
  cross join lateral (select least(p_take - a.units, p_backordered) as units) as b
  cross join lateral (select least(p_take - a.units - b.units, p_held) as units) as c
$$;
