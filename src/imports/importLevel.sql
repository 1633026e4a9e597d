-- Brings one level to what a row of a file says; a counter that the row does not name stays.
-- p_line: {"on_hand", "committed", "damaged", "quality_control", "set_aside", "safety_stock"},
-- p_factor bigint: units in one of the row's code. answer: {"changed": 0 or 1, "committed": units,
-- "shortage", "kept": a new safety stock}, or a refusal would_go_negative and nothing changed.
-- locks: the tenant's row where the safety stock is another; the level is locked.
create or replace function holdfast_engine_N.import_level(
  p_tenant_id int, p_level_id int, p_factor bigint, p_sku text, p_line jsonb, p_levels int[],
  p_document text, p_actor_id int
) returns jsonb
language plpgsql volatile as $$
declare
  v_level holdfast.levels;
  v_on_hand bigint := (p_line ->> 'on_hand')::bigint * p_factor;
  v_damaged bigint;
  v_quality_control bigint;
  v_set_aside bigint;
  v_version bigint;
  v_kept boolean;
begin
  select l.* into v_level from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  v_version := v_level.version;
  v_damaged := coalesce((p_line ->> 'damaged')::bigint * p_factor, v_level.damaged);
  v_quality_control :=
    coalesce((p_line ->> 'quality_control')::bigint * p_factor, v_level.quality_control);
  v_set_aside := coalesce((p_line ->> 'set_aside')::bigint * p_factor, v_level.set_aside);
  if v_damaged + v_quality_control + v_set_aside > v_on_hand then
    return holdfast_engine_N.refuse('would_go_negative', format(
      '%s units are damaged, in quality control or set aside, but only %s are on hand.',
      v_damaged + v_quality_control + v_set_aside, v_on_hand));
  end if;

  if p_line ? 'committed' then
    perform holdfast_engine_N.release_imported(
      p_tenant_id, p_level_id, (p_line ->> 'committed')::bigint * p_factor, p_levels,
      p_document, p_actor_id);
  end if;
  if (v_on_hand, v_damaged, v_quality_control, v_set_aside)
    <> (v_level.on_hand, v_level.damaged, v_level.quality_control, v_level.set_aside)
  then
    perform holdfast_engine_N.record_movement(p_tenant_id, 14, p_level_id,
      p_on_hand => v_on_hand - v_level.on_hand, p_damaged => v_damaged - v_level.damaged,
      p_quality_control => v_quality_control - v_level.quality_control,
      p_set_aside => v_set_aside - v_level.set_aside, p_fact => true,
      p_reason => 'import', p_document => p_document, p_actor_id => p_actor_id);
  end if;
  v_kept := holdfast_engine_N.import_safety_stock(p_tenant_id, v_level,
    (p_line ->> 'safety_stock')::bigint * p_factor, p_actor_id);
  if (p_line ->> 'committed')::bigint > 0 then
    perform holdfast_engine_N.commit_imported(p_tenant_id, p_level_id, p_sku,
      p_line ->> 'location', (p_line ->> 'committed')::bigint * p_factor, p_levels,
      p_document, p_actor_id);
  end if;
  perform holdfast_engine_N.settle_queue(p_tenant_id, p_level_id, 500);
  select l.* into v_level from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  return jsonb_build_object('changed', (v_level.version > v_version)::int,
    'committed', coalesce((p_line ->> 'committed')::bigint * p_factor, 0),
    'shortage', v_level.shortage, 'kept', v_kept);
end $$;

-- The open reservations of earlier imports at a level.
-- p_tenant_id int, p_level_id int. rows: reservation and committed units.
-- Such a reservation has one line at one level.
-- locks: none.
create or replace function holdfast_engine_N.imported_at(p_tenant_id int, p_level_id int)
returns table (reservation_id uuid, committed bigint)
language sql volatile rows 1 as $$
  select r.reservation_id, r.committed from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.level_id = p_level_id and r.committed > 0
    and r.order_reference = 'import'
  order by r.reservation_id
$$;

-- Gives back what earlier imports have committed at a level, unless it is what this one says.
-- p_units bigint: committed units that the file names. answer: nothing.
-- So that a level has one reservation of imports, and a file that comes again changes nothing.
-- locks: the reservations' rows, under their level.
create or replace function holdfast_engine_N.release_imported(
  p_tenant_id int, p_level_id int, p_units bigint, p_levels int[], p_document text, p_actor_id int
) returns void
language plpgsql volatile as $$
declare
  v_open record;
begin
  if p_units = (
    select coalesce(sum(o.committed), 0)
    from holdfast_engine_N.imported_at(p_tenant_id, p_level_id) as o)
  then
    return;
  end if;
  for v_open in select * from holdfast_engine_N.imported_at(p_tenant_id, p_level_id) loop
    perform holdfast_engine_N.release(p_tenant_id, jsonb_build_object(
      'reservation_id', v_open.reservation_id, 'reason', 'import', 'document', p_document,
      'actor_id', p_actor_id), p_levels);
  end loop;
end $$;

-- Commits what the file says is promised already, as one reservation with the reference `import`.
-- p_units bigint. answer: nothing.
-- It is a fact: what the books do not have stands as a shortage.
-- locks: the new reservation's row, under its level.
create or replace function holdfast_engine_N.commit_imported(
  p_tenant_id int, p_level_id int, p_sku text, p_location text, p_units bigint, p_levels int[],
  p_document text, p_actor_id int
) returns void
language plpgsql volatile as $$
declare
  v_sale jsonb;
begin
  if exists (select from holdfast_engine_N.imported_at(p_tenant_id, p_level_id)) then
    return;
  end if;
  v_sale := holdfast_engine_N.record_sale(p_tenant_id, holdfast_engine_N.resolve(p_tenant_id,
    jsonb_build_array(jsonb_build_object(
      'order_reference', 'import', 'reason', 'import', 'document', p_document,
      'actor_id', p_actor_id, 'lines', jsonb_build_array(jsonb_build_object(
        'sku', p_sku, 'location', p_location, 'quantity', p_units))))) -> 0, p_levels);
  if v_sale -> 'ok' is distinct from 'true' then
    raise exception 'a fact is never refused: %', v_sale;
  end if;
end $$;
