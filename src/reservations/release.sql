-- Gives back all or part of what is held or committed, held units first.
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
    select * from holdfast_engine_N.parts_with_rows(p_tenant_id, v_id, v_found -> 'parts')
  loop
    perform holdfast_engine_N.change_part(
      p_tenant_id, p_request, v_id, 5, v_part.inline, v_part.line_no, v_part.part_no,
      v_part.level_id, v_part.sku_id, v_part.location_id,
      p_held => -least(v_part.take, v_part.held),
      p_committed => -greatest(0, v_part.take - v_part.held), p_released => v_part.take
    );
  end loop;
  return holdfast_engine_N.reservation_answer(p_tenant_id, v_id);
end $$;
