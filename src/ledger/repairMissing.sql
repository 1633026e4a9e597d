-- Writes movements that are missing in the chain of a level anew, as movements of kind correct: the
-- balances before and after the gap say what they made together, the allocations say of whom.
-- p_reservations uuid[]: those that verify has named. answer: {"corrections": […]}, with "why_left"
-- ('gap_unexplained') where balances and allocations do not tell the same; then nothing is written.
-- The rows carry a time between their neighbours', and the document of this repair.
-- locks: none more.
create or replace function holdfast_engine_N.fill_missing(
  p_tenant_id int, p_level_id int, p_reservations uuid[], p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_gaps jsonb := holdfast_engine_N.gaps_of(p_tenant_id, p_level_id);
  v_gap record;
  v_parts jsonb;
  v_total jsonb;
begin
  if v_gaps = '[]' then
    return '{"corrections": []}';
  end if;
  if jsonb_array_length(v_gaps) > 1 then
    return '{"corrections": [], "why_left": "gap_unexplained"}';
  end if;
  select * into v_gap from jsonb_to_recordset(v_gaps) as g (first_version bigint,
    last_version bigint, before jsonb, recorded_at timestamptz, changes jsonb);
  v_parts := holdfast_engine_N.parts_not_told(p_tenant_id, p_level_id, p_reservations);
  select jsonb_build_object('held', coalesce(sum((p ->> 'held')::bigint), 0),
    'committed', coalesce(sum((p ->> 'committed')::bigint), 0),
    'backordered', coalesce(sum((p ->> 'backordered')::bigint), 0),
    'held_backordered', coalesce(sum((p ->> 'held_backordered')::bigint), 0)) into v_total
  from jsonb_array_elements(v_parts) as p;
  if jsonb_array_length(v_parts) > v_gap.last_version - v_gap.first_version + 1
    or v_gap.last_version - v_gap.first_version >= 1000
    or not v_gap.changes @> v_total
  then
    return '{"corrections": [], "why_left": "gap_unexplained"}';
  end if;
  perform holdfast_engine_N.write_missing(p_tenant_id, p_level_id, v_parts, v_gap.before,
    v_gap.changes, v_gap.last_version, v_gap.recorded_at, p_request);
  return jsonb_build_object('corrections', jsonb_build_array(holdfast_engine_N.correction(
    'missing', 'balances_around', jsonb_build_array(jsonb_build_object('what',
      case when v_gap.first_version = v_gap.last_version then 'version ' || v_gap.last_version
        else format('versions %s to %s', v_gap.first_version, v_gap.last_version) end,
      'from', null, 'to', 'written anew'))
    || holdfast_engine_N.changes_between('{"on_hand": 0, "held": 0, "committed": 0, "damaged": 0,
      "quality_control": 0, "set_aside": 0, "backordered": 0, "held_backordered": 0}',
      v_gap.changes,
      array['on_hand', 'held', 'committed', 'damaged', 'quality_control', 'set_aside',
        'backordered', 'held_backordered']), p_level_id)));
end $$;

-- The gaps in the chain of a level: the versions that are missing, the movement before, and what
-- the missing ones have changed together. The level's own counters stand after the last movement,
-- if they agree with the allocations.
-- answer: [{"first_version", "last_version", "before", "recorded_at", "changes"}].
-- locks: none.
create or replace function holdfast_engine_N.gaps_of(p_tenant_id int, p_level_id int)
returns jsonb
language sql volatile as $$
  with chain as (
    select t.version, to_jsonb(t) as row, jsonb_build_object(
      'on_hand', t.on_hand - coalesce(t.on_hand_change, 0),
      'held', t.held - coalesce(t.held_change, 0),
      'committed', t.committed - coalesce(t.committed_change, 0),
      'damaged', coalesce(t.damaged, 0) - coalesce(t.damaged_change, 0),
      'quality_control', coalesce(t.quality_control, 0) - coalesce(t.quality_control_change, 0),
      'set_aside', coalesce(t.set_aside, 0) - coalesce(t.set_aside_change, 0),
      'backordered', coalesce(t.backordered, 0) - coalesce(t.backordered_change, 0),
      'held_backordered', coalesce(t.held_backordered, 0)
        - coalesce(t.held_backordered_change, 0)) as balances,
      t.recorded_at
    from holdfast.inventory_transactions t
    where t.tenant_id = p_tenant_id and t.level_id = p_level_id
    union all
    select l.version + 1, null, to_jsonb(l), null from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = p_level_id
  ), neighbours as (
    select c.version, c.balances, c.recorded_at,
      coalesce(lag(c.version) over w, 0) as version_before, lag(c.row) over w as row_before
    from chain c
    window w as (order by c.version)
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'first_version', n.version_before + 1, 'last_version', n.version - 1,
    'before', n.row_before, 'recorded_at', n.recorded_at,
    'changes', (
      select jsonb_object_agg(c.name, (n.balances ->> c.name)::bigint
        - coalesce((n.row_before ->> c.name)::bigint, 0))
      from unnest(array['on_hand', 'held', 'committed', 'damaged', 'quality_control', 'set_aside',
        'backordered', 'held_backordered']) as c (name)
    )) order by n.version), '[]')
  from neighbours n
  where n.version > n.version_before + 1
$$;

-- The allocations of which the ledger does not tell all: what each has beyond its movements.
-- p_reservations uuid[]. answer: [{"part": the allocation, "held", "committed", "backordered",
-- "held_backordered", "on_hand"}].
-- locks: none.
create or replace function holdfast_engine_N.parts_not_told(
  p_tenant_id int, p_level_id int, p_reservations uuid[]
) returns jsonb
language sql volatile as $$
  select coalesce(jsonb_agg(jsonb_build_object('part', to_jsonb(p.kept),
    'held', (p.kept).held - (p.moved).held,
    'committed', (p.kept).committed - (p.moved).committed,
    'backordered', (p.kept).backordered - (p.moved).backordered,
    'held_backordered', (p.kept).held_backordered - (p.moved).held_backordered,
    'on_hand', (p.kept).returned - (p.moved).returned - (p.kept).fulfilled + (p.moved).fulfilled
  ) order by p.reservation_id, p.line_no, p.part_no), '[]')
  from holdfast_engine_N.parts_under_repair(p_tenant_id, p_level_id, p_reservations) as p
  where p.at_level and p.comparable and not p.elsewhere and (p.movements = 0
    or ((p.kept).held, (p.kept).committed, (p.kept).fulfilled, (p.kept).returned,
        (p.kept).released, (p.kept).backordered, (p.kept).held_backordered)
      <> ((p.moved).held, (p.moved).committed, (p.moved).fulfilled, (p.moved).returned,
        (p.moved).released, (p.moved).backordered, (p.moved).held_backordered))
$$;

-- Writes the movements of a gap: one for each allocation that has changed in it, the rest empty, so
-- that the versions are whole again. What is left of on_hand and of the units set aside stands in
-- the last one.
-- p_before, p_changes jsonb: from gaps_of; p_until bigint: the last version. answer: nothing.
-- locks: none more.
create or replace function holdfast_engine_N.write_missing(
  p_tenant_id int, p_level_id int, p_parts jsonb, p_before jsonb, p_changes jsonb,
  p_until bigint, p_recorded_at timestamptz, p_request jsonb
) returns void
language plpgsql volatile as $$
declare
  v_chain holdfast.inventory_transactions :=
    jsonb_populate_record(null::holdfast.inventory_transactions, p_before);
  v_left jsonb := p_changes;
  v_changes jsonb;
  v_part jsonb;
  v_at int := 0;
begin
  while coalesce(v_chain.version, 0) < p_until loop
    v_part := p_parts -> v_at;
    v_changes := coalesce(v_part - 'part', '{}');
    v_left := v_left || jsonb_build_object(
      'held', 0, 'committed', 0, 'backordered', 0, 'held_backordered', 0,
      'on_hand', (v_left ->> 'on_hand')::bigint - coalesce((v_part ->> 'on_hand')::bigint, 0));
    if coalesce(v_chain.version, 0) = p_until - 1 then
      v_changes := v_left || v_changes || jsonb_build_object('on_hand',
        (v_left ->> 'on_hand')::bigint + coalesce((v_part ->> 'on_hand')::bigint, 0));
    end if;
    v_chain := holdfast_engine_N.record_correction(p_tenant_id, p_level_id, v_chain, v_changes,
      jsonb_populate_record(null::holdfast.allocations, v_part -> 'part'),
      'a movement that was missing', p_request, p_recorded_at);
    v_at := v_at + 1;
  end loop;
end $$;
