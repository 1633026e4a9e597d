-- Repairs one level: brings its counters, its allocations and its chain of movements to agree, by
-- movements of kind correct. No row of the ledger is ever changed or deleted.
-- p_request: {"level_id" (null: allocations without a level), "reservation_ids": those that verify
-- has found, "dry_run", "agreed": [keys of corrections] (absent: all), "document", "actor_id"}.
-- answer: {"ok", "corrections": […], "left": findings that stay, "written": boolean, "why_left"}.
-- What is shown by dry_run is what would be written: the same statements run and are taken back.
-- locks: the level and those that the reservations name, by id; then the reservations, by id.
create or replace function holdfast_engine_N.repair_level(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set plan_cache_mode = force_custom_plan -- the level may be null, and then another index serves
as $$
declare
  v_level_id int := (p_request ->> 'level_id')::int;
  v_reservations uuid[] := array(
    select distinct i.id::uuid from jsonb_array_elements_text(
      coalesce(p_request -> 'reservation_ids', '[]')) as i (id)
  );
  v_why text := holdfast_engine_N.why_no_repair(p_tenant_id, v_level_id);
  v_answer jsonb;
  v_written boolean := false;
begin
  if v_why is not null then
    return jsonb_build_object('ok', true, 'corrections', '[]'::jsonb, 'written', false,
      'why_left', v_why, 'left', holdfast_engine_N.findings_at(p_tenant_id, v_level_id));
  end if;
  if not holdfast_engine_N.lock_for_repair(p_tenant_id, v_level_id, v_reservations) then
    return '{"again": true}';
  end if;
  begin
    v_answer := holdfast_engine_N.correct_level(
      p_tenant_id, v_level_id, v_reservations, p_request);
    v_answer := v_answer || jsonb_build_object(
      'left', holdfast_engine_N.findings_at(p_tenant_id, v_level_id));
    if p_request -> 'dry_run' = 'true'::jsonb or not holdfast_engine_N.all_agreed(
      v_answer -> 'corrections', p_request -> 'agreed')
    then
      raise exception using errcode = 'HF004', message = 'taken back';
    end if;
    v_written := jsonb_array_length(v_answer -> 'corrections') > 0;
  exception when sqlstate 'HF004' then
    null; -- the answer is kept, what was written is not
  end;
  return '{"ok": true}' || v_answer || jsonb_build_object('written', v_written);
end $$;

-- Locks what a repair may change.
-- p_level_id int (or null); p_reservations uuid[]. answer: false when one of the reservations has
-- come to stand at a level that is not locked; then the call is made again.
-- locks: levels by id, then reservations by id: the order of all verbs.
create or replace function holdfast_engine_N.lock_for_repair(
  p_tenant_id int, p_level_id int, p_reservations uuid[]
) returns boolean
language plpgsql volatile as $$
declare
  v_levels int[] := holdfast_engine_N.levels_of(p_tenant_id, p_reservations) || p_level_id;
begin
  perform 1 from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = any (v_levels)
  order by l.level_id
  for no key update;
  perform 1 from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id = any (p_reservations)
  order by r.reservation_id
  for no key update;
  return holdfast_engine_N.levels_of(p_tenant_id, p_reservations) <@ v_levels;
end $$;

-- The levels at which reservations have allocations now.
-- p_reservations uuid[]. answer: level ids.
-- Both forms of an allocation, whether or not the other is there.
-- locks: none.
create or replace function holdfast_engine_N.levels_of(p_tenant_id int, p_reservations uuid[])
returns int[]
language sql volatile as $$
  select coalesce(array_agg(distinct o.level_id), '{}')
  from (
    select r.level_id from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id = any (p_reservations)
    union
    select a.level_id from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.reservation_id = any (p_reservations)
  ) as o
  where o.level_id is not null
$$;

-- Why nothing at a level can be repaired safely: its ledger is no witness, or it is gone.
-- p_level_id int (or null). answer: 'level_gone', 'ledger_altered', or null.
-- Asked before the lock, since it reads the level's whole history: what verbs add meanwhile is
-- sound. Movements that are missing are no such case: their neighbours tell what they were.
-- locks: none.
create or replace function holdfast_engine_N.why_no_repair(p_tenant_id int, p_level_id int)
returns text
language sql volatile as $$
  select case
    when p_level_id is null then null
    when not exists (select from holdfast.levels l
      where l.tenant_id = p_tenant_id and l.level_id = p_level_id) then 'level_gone'
    when exists (
      select from holdfast_engine_N.movement_faults(p_tenant_id, p_level_id - 1, p_level_id) as f
      where f.code in ('movement_without_version', 'movement_repeated', 'movement_balance_wrong',
        'movement_out_of_time', 'movement_of_unknown_kind', 'movement_unlike_its_kind',
        'promise_without_reservation')
    ) then 'ledger_altered'
  end
$$;

-- What verify finds at one level, as it is within this transaction.
-- p_level_id int (or null: nothing). answer: an array of findings.
-- locks: none.
create or replace function holdfast_engine_N.findings_at(p_tenant_id int, p_level_id int)
returns jsonb
language sql volatile as $$
  select coalesce(holdfast_engine_N.verify_levels(p_tenant_id,
    jsonb_build_object('after_level_id', p_level_id - 1, 'limit', 1)) -> 'findings', '[]')
$$;

-- True when every correction is one of those that somebody has agreed to.
-- p_corrections jsonb; p_agreed jsonb: an array of keys, or null for all. answer: boolean.
-- A key has the difference, not the counters: these go on with the sales.
-- locks: none.
create or replace function holdfast_engine_N.all_agreed(p_corrections jsonb, p_agreed jsonb)
returns boolean
language sql immutable as $$
  select p_agreed is null or not exists (
    select from jsonb_array_elements(p_corrections) as c where not p_agreed ? (c ->> 'key')
  )
$$;

-- Puts one correction into words and numbers, for whoever is asked to agree to it.
-- p_code text: what is corrected; p_because text: which side is believed; p_changes jsonb:
-- [{"what", "from", "to"}]; the rest: where. answer: the correction.
-- locks: none.
create or replace function holdfast_engine_N.correction(
  p_code text, p_because text, p_changes jsonb, p_level_id int,
  p_reservation_id uuid default null, p_line_no int default null, p_part_no int default null
) returns jsonb
language sql immutable as $$
  select jsonb_build_object(
    'code', p_code, 'because', p_because, 'changes', p_changes, 'level_id', p_level_id,
    'reservation_id', p_reservation_id, 'line', p_line_no, 'part', p_part_no,
    'key', concat_ws('/', p_code, p_level_id, p_reservation_id, p_line_no, p_part_no, (
      select string_agg(concat(c ->> 'what', ' ', case
        when jsonb_typeof(c -> 'from') = 'number' and jsonb_typeof(c -> 'to') = 'number'
          then ((c -> 'to')::bigint - (c -> 'from')::bigint)::text end), ', ' order by n)
      from jsonb_array_elements(p_changes) with ordinality as t (c, n))))
$$;

-- The changes between two forms of one thing.
-- p_from jsonb, p_to jsonb: objects; p_fields text[]. answer: [{"what", "from", "to"}], in order.
-- locks: none.
create or replace function holdfast_engine_N.changes_between(
  p_from jsonb, p_to jsonb, p_fields text[]
) returns jsonb
language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_build_object('what', f.name, 'from', p_from -> f.name,
    'to', p_to -> f.name) order by f.n), '[]')
  from unnest(p_fields) with ordinality as f (name, n)
  where p_from -> f.name is distinct from p_to -> f.name
$$;
