-- Takes back all or part of what was fulfilled, into available, damaged or quality_control.
-- p_request: {"reservation_id", "lines": [{"sku", "location", "quantity", "state"}], "state",
-- "reason"}. answer: reservation_answer; refusal exceeds_fulfilled.
-- p_levels int[]: locked by the frame.
-- locks: the reservation's rows, under their levels.
create or replace function holdfast_engine_N.return(
  p_tenant_id int, p_request jsonb, p_levels int[]
) returns jsonb
language plpgsql volatile as $$
declare
  v_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_found jsonb;
  v_part record;
  v_state text;
begin
  v_found := holdfast_engine_N.parts_of(
    p_tenant_id, p_request, p_levels, 'returnable', 'exceeds_fulfilled');
  if not v_found ? 'parts' then
    return v_found;
  end if;
  if jsonb_array_length(v_found -> 'parts') = 0 then
    return holdfast_engine_N.refuse('exceeds_fulfilled', 'Nothing is out that could come back.',
      jsonb_build_object('reservation_id', v_id));
  end if;
  if exists (
    select from jsonb_array_elements(v_found -> 'parts') as p
    where coalesce(p ->> 'state', p_request ->> 'state', 'available')
      not in ('available', 'damaged', 'quality_control')
  ) then
    return holdfast_engine_N.refuse('invalid_request',
      'state must be available, damaged or quality_control.', '{"field": "state"}');
  end if;
  for v_part in
    select * from holdfast_engine_N.parts_with_rows(p_tenant_id, v_id, v_found -> 'parts')
  loop
    v_state := coalesce(v_part.state, p_request ->> 'state', 'available');
    perform holdfast_engine_N.change_part(
      p_tenant_id, p_request, v_id, 7, v_part.inline, v_part.line_no, v_part.part_no,
      v_part.level_id, v_part.sku_id, v_part.location_id,
      p_on_hand => case when v_part.level_id is null then 0 else v_part.take end,
      p_returned => v_part.take,
      p_damaged => case when v_state = 'damaged' and v_part.level_id is not null
        then v_part.take else 0 end,
      p_quality_control => case when v_state = 'quality_control' and v_part.level_id is not null
        then v_part.take else 0 end
    );
  end loop;
  return holdfast_engine_N.reservation_answer(p_tenant_id, v_id);
end $$;
