-- Merges one SKU into another: all its codes, stock, promises, barcodes and variants become the
-- other's, by ledgered movements; afterwards it is archived and its codes lead to the other.
-- p_request: {"from", "into"} (codes of a single unit). answer: the other SKU, or unknown_sku,
-- units_differ, sku_in_use, invalid_request, or {"again": true} when another call merged meanwhile.
-- locks: new levels, levels of both by id, reservations by id, SKUs by id, then the tenant's row.
create or replace function holdfast_engine_N.merge_skus(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_from_code record;
  v_into_code record;
  v_from holdfast.skus;
  v_into holdfast.skus;
  v_pair record;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "from": {"is": "code", "max": 255, "needed": true},
    "into": {"is": "code", "max": 255, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select * into v_from_code from holdfast_engine_N.sku_of(p_tenant_id, p_request ->> 'from');
  select * into v_into_code from holdfast_engine_N.sku_of(p_tenant_id, p_request ->> 'into');
  if v_from_code.sku_id is null or v_into_code.sku_id is null then
    return holdfast_engine_N.no_sku(
      p_request ->> case when v_from_code.sku_id is null then 'from' else 'into' end);
  end if;
  if v_from_code.sku_id = v_into_code.sku_id or v_from_code.factor * v_into_code.factor <> 1
    or v_into_code.archived
  then
    return holdfast_engine_N.refuse('invalid_request',
      case when v_from_code.sku_id = v_into_code.sku_id then 'Both codes lead to the same SKU.'
        when v_into_code.archived then 'A SKU cannot be merged into an archived one.'
        else 'Name both SKUs by a code of one unit, not of a pack.' end,
      jsonb_build_object('field', 'into', 'sku', v_into_code.own_code));
  end if;

  -- Looked at before levels are made for it, and again once nobody can make it a kit any more.
  v_refusal := holdfast_engine_N.kit_merged(
    p_tenant_id, v_from_code.sku_id, v_into_code.sku_id);
  if v_refusal is not null then
    return v_refusal;
  end if;
  perform holdfast_engine_N.lock_for_merge(p_tenant_id, v_from_code.sku_id, v_into_code.sku_id);
  select s.* into strict v_from from holdfast.skus s
  where s.tenant_id = p_tenant_id and s.sku_id = v_from_code.sku_id;
  select s.* into strict v_into from holdfast.skus s
  where s.tenant_id = p_tenant_id and s.sku_id = v_into_code.sku_id;
  if v_from.merged_into is not null or v_into.merged_into is not null or exists (
    -- It got a level while this waited for the others.
    select from holdfast.levels f where f.tenant_id = p_tenant_id and f.sku_id = v_from.sku_id
      and not exists (
        select from holdfast.levels i where i.tenant_id = p_tenant_id
          and i.sku_id = v_into.sku_id and i.location_id = f.location_id))
  then
    return '{"again": true}';
  end if;
  if v_from.unit <> v_into.unit or v_from.unit_decimals <> v_into.unit_decimals then
    return holdfast_engine_N.refuse('units_differ',
      'The two SKUs are counted in different units.', jsonb_build_object(
        'from', jsonb_build_object('sku', v_from.code, 'unit', v_from.unit,
          'unit_decimals', v_from.unit_decimals),
        'into', jsonb_build_object('sku', v_into.code, 'unit', v_into.unit,
          'unit_decimals', v_into.unit_decimals)));
  end if;
  if exists (
    select from holdfast.levels l where l.tenant_id = p_tenant_id and l.sku_id = v_from.sku_id
      and l.backordered + l.held_backordered + l.buffer_size + l.waiting > 0)
  then
    return holdfast_engine_N.refuse('sku_in_use',
      'Units of this SKU are waited for, or kept for a channel: end that first.',
      jsonb_build_object('sku', v_from.code));
  end if;

  v_refusal := holdfast_engine_N.kit_merged(p_tenant_id, v_from.sku_id, v_into.sku_id);
  if v_refusal is not null then
    return v_refusal;
  end if;

  for v_pair in
    select f.level_id as from_id, i.level_id as into_id
    from holdfast.levels f
    join holdfast.levels i on i.tenant_id = p_tenant_id and i.sku_id = v_into.sku_id
      and i.location_id = f.location_id
    where f.tenant_id = p_tenant_id and f.sku_id = v_from.sku_id
    order by f.level_id
  loop
    perform holdfast_engine_N.merge_level(p_tenant_id, v_pair.from_id, v_pair.into_id,
      format('%s merged into %s', left(v_from.code, 90), left(v_into.code, 90)),
      (p_request ->> 'actor_id')::int);
    perform holdfast_engine_N.queue_due(p_tenant_id, array[v_pair.into_id]);
  end loop;
  perform holdfast_engine_N.merge_names(p_tenant_id, v_from.sku_id, v_into.sku_id);
  perform holdfast_engine_N.merge_components(p_tenant_id, v_from.sku_id, v_into.sku_id);
  perform holdfast_engine_N.products_changed(p_tenant_id, array[v_into.sku_id]);
  perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
  return '{"ok": true}' || holdfast_engine_N.sku_answer(p_tenant_id, v_into.code);
end $$;

-- Refuses to merge a kit, or into one.
-- p_from_id int, p_into_id int: SKUs. answer: sku_in_use that names it, or null.
-- Its levels would become those of its components.
-- locks: none.
create or replace function holdfast_engine_N.kit_merged(
  p_tenant_id int, p_from_id int, p_into_id int
) returns jsonb
language sql volatile as $$
  select holdfast_engine_N.refuse('sku_in_use', 'A kit is not merged: clear it first.',
    jsonb_build_object('sku', s.code))
  from holdfast.kits k
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = k.sku_id
  where k.tenant_id = p_tenant_id and k.sku_id in (p_from_id, p_into_id)
  order by s.sku_id limit 1
$$;

-- Locks what a merge changes, after making the levels that the other SKU lacks.
-- p_from_id int, p_into_id int: SKUs. answer: nothing.
-- Only open reservations are locked: a closed one changes under its level's lock alone.
-- locks: new levels, levels of both by id, reservations by id, SKUs by id.
create or replace function holdfast_engine_N.lock_for_merge(
  p_tenant_id int, p_from_id int, p_into_id int
) returns void
language plpgsql volatile as $$
begin
  insert into holdfast.levels (tenant_id, sku_id, location_id, safety_stock)
  select p_tenant_id, p_into_id, l.location_id,
    holdfast_engine_N.safety_stock_of(p_tenant_id, p_into_id, l.location_id)
  from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.sku_id = p_from_id
    and not exists (
      select from holdfast.levels i where i.tenant_id = p_tenant_id and i.sku_id = p_into_id
        and i.location_id = l.location_id)
  order by l.location_id
  on conflict do nothing;

  perform 1 from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.sku_id in (p_from_id, p_into_id)
  order by l.level_id
  for no key update;

  perform 1 from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id in (
    select o.reservation_id from holdfast.reservations o
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = o.level_id
    where o.tenant_id = p_tenant_id and l.sku_id = p_from_id and (o.held > 0 or o.committed > 0)
    union
    select a.reservation_id from holdfast.allocations a
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = a.level_id
    where a.tenant_id = p_tenant_id and l.sku_id = p_from_id and (a.held > 0 or a.committed > 0)
  )
  order by r.reservation_id
  for no key update;

  perform 1 from holdfast.skus s
  where s.tenant_id = p_tenant_id and s.sku_id in (p_from_id, p_into_id)
  order by s.sku_id
  for no key update;
end $$;

-- Empties one level into another of the same location: promises out, units over, promises in, so
-- that no shortage appears on the way that was not there before.
-- p_from_id int, p_into_id int: locked levels; p_reason text. answer: nothing.
-- Every allocation follows, closed ones too: a return or a late commit belongs to the new level.
-- locks: the allocations' rows, under their levels.
create or replace function holdfast_engine_N.merge_level(
  p_tenant_id int, p_from_id int, p_into_id int, p_reason text, p_actor_id int
) returns void
language plpgsql volatile as $$
declare
  v_level holdfast.levels;
begin
  perform holdfast_engine_N.move_promises(
    p_tenant_id, p_from_id, p_from_id, -1, p_reason, p_actor_id);
  select l.* into strict v_level from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_from_id;
  assert v_level.held = 0 and v_level.committed = 0,
    'the allocations of a level add up to what it has held and committed';

  if v_level.on_hand + v_level.damaged + v_level.quality_control + v_level.set_aside > 0 then
    perform holdfast_engine_N.record_movement(p_tenant_id, 13, p_from_id, -v_level.on_hand,
      p_damaged => -v_level.damaged, p_quality_control => -v_level.quality_control,
      p_set_aside => -v_level.set_aside, p_fact => true, p_reason => p_reason,
      p_actor_id => p_actor_id);
    perform holdfast_engine_N.record_movement(p_tenant_id, 13, p_into_id, v_level.on_hand,
      p_damaged => v_level.damaged, p_quality_control => v_level.quality_control,
      p_set_aside => v_level.set_aside, p_fact => true, p_reason => p_reason,
      p_actor_id => p_actor_id);
  end if;
  perform holdfast_engine_N.move_promises(
    p_tenant_id, p_from_id, p_into_id, 1, p_reason, p_actor_id);

  update holdfast.reservations r set level_id = p_into_id
  where r.tenant_id = p_tenant_id and r.level_id = p_from_id;
  update holdfast.allocations a set level_id = p_into_id
  where a.tenant_id = p_tenant_id and a.level_id = p_from_id;
end $$;

-- Writes one movement for each open allocation of a level: what it holds and what is committed.
-- p_from_id int: the level that the allocations name; p_level_id int: the level that changes;
-- p_sign int: 1 or -1. answer: nothing. Ordered by reservation, so that the ledger reads the same.
-- locks: none beyond the levels.
create or replace function holdfast_engine_N.move_promises(
  p_tenant_id int, p_from_id int, p_level_id int, p_sign int, p_reason text, p_actor_id int
) returns void
language sql volatile as $$
  select count(holdfast_engine_N.record_movement(
    p_tenant_id, 13, p_level_id, p_held => p_sign * o.held, p_committed => p_sign * o.committed,
    p_fact => true, p_reservation_id => o.reservation_id, p_line_no => o.line_no,
    p_part_no => o.part_no, p_reason => p_reason, p_actor_id => p_actor_id))
  from (
    select r.reservation_id, 1 as line_no, 0 as part_no, r.held, r.committed
    from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.level_id = p_from_id and (r.held > 0 or r.committed > 0)
    union all
    select a.reservation_id, a.line_no, a.part_no, a.held, a.committed
    from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.level_id = p_from_id and (a.held > 0 or a.committed > 0)
    order by 1, 2, 3
  ) as o
$$;

-- Hands over what names a SKU: codes, barcodes, variants, and allocations without a level.
-- p_from_id int, p_into_id int: SKUs. answer: nothing.
-- The old row keeps its code, for the ledger's readers; the code itself leads to the other now.
-- locks: the rows.
create or replace function holdfast_engine_N.merge_names(
  p_tenant_id int, p_from_id int, p_into_id int
) returns void
language sql volatile as $$
  update holdfast.sku_codes c
  set sku_id = p_into_id, kind = case c.kind when 'own' then 'former' else c.kind end
  where c.tenant_id = p_tenant_id and c.sku_id = p_from_id;
  update holdfast.barcodes b set sku_id = p_into_id
  where b.tenant_id = p_tenant_id and b.sku_id = p_from_id;
  update holdfast.variants v set sku_id = p_into_id
  where v.tenant_id = p_tenant_id and v.sku_id = p_from_id;
  update holdfast.reservations r set sku_id = p_into_id
  where r.tenant_id = p_tenant_id and r.level_id is null and r.sku_id = p_from_id;
  update holdfast.allocations a set sku_id = p_into_id
  where a.tenant_id = p_tenant_id and a.level_id is null and a.sku_id = p_from_id;
  update holdfast.skus s set merged_into = p_into_id
  where s.tenant_id = p_tenant_id and s.merged_into = p_from_id;
  update holdfast.skus s
  set merged_into = p_into_id, archived_at = coalesce(s.archived_at, holdfast.clock())
  where s.tenant_id = p_tenant_id and s.sku_id = p_from_id;
$$;
