-- Writes one chunk of a file whole or not at all: locations, products, SKUs, then the levels.
-- p_request: {"import_id", "rows_done", "dry_run", "locations": [{"code", "name"}], "products": as
-- ensure_catalog, "skus": as create_sku, "levels": [{"line", "sku", "location", counters …}]}.
-- answer: {"ok", "levels", "changed", "committed", "shortages": […], "rejected": [{line, reason}],
-- "untracked": [line], "refused": refusals of ensure_catalog}. locks: catalogue rows, levels by id.
create or replace function holdfast_engine_N.import_chunk(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_refused jsonb;
  v_answer jsonb;
begin
  begin
    v_answer := holdfast_engine_N.import_catalog(p_tenant_id, p_request);
    v_refused := coalesce(v_answer -> 'refusals', '[]');
    if not holdfast_engine_N.is_refusal(v_answer) then
      v_answer := holdfast_engine_N.import_levels(p_tenant_id, p_request, v_refused)
        || jsonb_build_object('refused', v_refused);
    end if;
    if holdfast_engine_N.is_refusal(v_answer) or p_request -> 'dry_run' = 'true' then
      raise exception using errcode = 'HF004', message = 'nothing is to stay';
    end if;
    update holdfast.imports i
    set rows_done = greatest(i.rows_done, (p_request ->> 'rows_done')::bigint)
    where i.tenant_id = p_tenant_id and i.import_id = (p_request ->> 'import_id')::uuid;
  exception when sqlstate 'HF004' then
    return v_answer;
  end;
  return v_answer;
end $$;

-- Makes what is missing of a chunk's locations, products and SKUs.
-- p_request: as import_chunk. answer: {"ok", "refusals"} of ensure_catalog, or a refusal.
-- A location that is there stays as it is.
-- locks: the new rows.
create or replace function holdfast_engine_N.import_catalog(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_one jsonb;
  v_answer jsonb;
  v_ensured jsonb := '{"ok": true, "refusals": []}';
begin
  for v_one in select e from jsonb_array_elements(p_request -> 'locations') as e loop
    continue when exists (
      select from holdfast.locations p
      where p.tenant_id = p_tenant_id and p.code = normalize(v_one ->> 'code'));
    v_answer := holdfast_engine_N.create_location(p_tenant_id, v_one);
    if holdfast_engine_N.is_refusal(v_answer)
      and v_answer -> 'refusal' ->> 'code' <> 'location_exists'
    then
      return v_answer;
    end if;
  end loop;
  if jsonb_array_length(p_request -> 'products') > 0 then
    v_ensured := holdfast_engine_N.ensure_catalog(p_tenant_id,
      jsonb_build_object('products', p_request -> 'products'));
    if holdfast_engine_N.is_refusal(v_ensured) then
      return v_ensured;
    end if;
  end if;
  for v_one in select e from jsonb_array_elements(p_request -> 'skus') as e loop
    continue when exists (
      select from holdfast_engine_N.sku_of(p_tenant_id, v_one ->> 'code'));
    v_answer := holdfast_engine_N.create_sku(p_tenant_id, v_one);
    if holdfast_engine_N.is_refusal(v_answer) then
      return v_answer;
    end if;
  end loop;
  return v_ensured;
end $$;

-- Brings the levels of a chunk to what the file says, each with one movement.
-- p_request: as import_chunk; p_refused jsonb: variants that the catalogue refused, whose levels
-- are left out. answer: as import_chunk.
-- locks: the levels, by id.
create or replace function holdfast_engine_N.import_levels(
  p_tenant_id int, p_request jsonb, p_refused jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_lines jsonb;
  v_levels int[];
  v_want record;
  v_done jsonb;
  v_count int := 0;
  v_changed int := 0;
  v_committed bigint := 0;
  v_rejected jsonb := '[]';
  v_shortages jsonb := '[]';
  v_untracked jsonb := '[]';
begin
  select coalesce(jsonb_agg(l || jsonb_build_object('sku', normalize(l ->> 'sku'),
    'location', normalize(l ->> 'location'), 'quantity', l -> 'on_hand')), '[]') into v_lines
  from jsonb_array_elements(p_request -> 'levels') as l
  where not exists (
    select from jsonb_array_elements(p_refused) as f
    where f ->> 'sku' = normalize(l ->> 'sku') and not f ? 'barcode');
  select coalesce(jsonb_agg(w.line -> 'line' order by w.line_no)
      filter (where not w.tracked), '[]'),
    coalesce(jsonb_agg(w.line order by w.line_no) filter (where w.tracked is not false), '[]')
  into v_untracked, v_lines
  from holdfast_engine_N.wanted(
    p_tenant_id, jsonb_build_array(jsonb_build_object('lines', v_lines))) as w;
  v_levels := holdfast_engine_N.lock_levels(
    p_tenant_id, 'set', jsonb_build_array(jsonb_build_object('lines', v_lines)));

  for v_want in
    select w.*, l.level_id
    from holdfast_engine_N.wanted(
      p_tenant_id, jsonb_build_array(jsonb_build_object('lines', v_lines))) as w
    left join holdfast.levels l on l.tenant_id = p_tenant_id and l.sku_id = w.sku_id
      and l.location_id = w.location_id
    order by w.line_no
  loop
    v_done := case when v_want.level_id is null
      then holdfast_engine_N.refuse('level_not_found', format('%s is not known at "%s".',
        coalesce(v_want.sku_code, v_want.line ->> 'sku'), v_want.line ->> 'location'))
      else holdfast_engine_N.import_level(p_tenant_id, v_want.level_id, v_want.factor,
        v_want.sku_code, v_want.line, v_levels,
        'import:' || coalesce(p_request ->> 'import_id', 'dry run'),
        (p_request ->> 'actor_id')::int)
      end;
    if holdfast_engine_N.is_refusal(v_done) then
      v_rejected := v_rejected || jsonb_build_object('line', v_want.line -> 'line',
        'reason', v_done -> 'refusal' ->> 'message');
      continue;
    end if;
    v_count := v_count + 1;
    v_changed := v_changed + (v_done ->> 'changed')::int;
    v_committed := v_committed + (v_done ->> 'committed')::bigint;
    if (v_done ->> 'shortage')::bigint > 0 then
      v_shortages := v_shortages || jsonb_build_object('line', v_want.line -> 'line',
        'sku', v_want.sku_code, 'location', v_want.location_code,
        'shortage', v_done -> 'shortage');
    end if;
  end loop;
  return jsonb_build_object('ok', true, 'levels', v_count, 'changed', v_changed,
    'committed', v_committed, 'rejected', v_rejected, 'shortages', v_shortages,
    'untracked', v_untracked);
end $$;
