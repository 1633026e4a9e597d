-- Corrects one locked level, in this order: movements that are missing, allocations, counters.
-- p_level_id int (null: allocations without a level); p_request: "document", "actor_id".
-- answer: {"corrections": […], "why_left": null or a word for what a person must decide}.
-- Three witnesses are asked: the ledger, the counters, the allocations. Two against one decide; the
-- ledger alone is believed where only it can know, since its rows cannot be changed.
-- locks: none more.
create or replace function holdfast_engine_N.correct_level(
  p_tenant_id int, p_level_id int, p_reservations uuid[], p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_filled jsonb := '{"corrections": []}';
  v_believed text := 'ledger';
  v_chain holdfast.inventory_transactions;
  v_corrections jsonb;
begin
  if p_level_id is not null then
    v_filled := holdfast_engine_N.fill_missing(
      p_tenant_id, p_level_id, p_reservations, p_request);
    if v_filled ? 'why_left' then
      return v_filled;
    end if;
    v_believed := holdfast_engine_N.believed_side(p_tenant_id, p_level_id, p_reservations);
    if v_believed is null then
      return v_filled || '{"why_left": "no_two_agree"}';
    end if;
    v_chain := holdfast_engine_N.last_movement(p_tenant_id, p_level_id);
  end if;
  v_corrections := v_filled -> 'corrections' || holdfast_engine_N.correct_parts(
    p_tenant_id, p_level_id, p_reservations, v_believed, p_request);
  if p_level_id is not null then
    v_corrections := v_corrections || holdfast_engine_N.correct_counters(
      p_tenant_id, p_level_id, v_chain, p_request);
    if v_corrections <> '[]' then
      perform holdfast_engine_N.settle_level(p_tenant_id, p_level_id);
    end if;
    v_corrections := v_corrections || holdfast_engine_N.correct_queue(p_tenant_id, p_level_id)
      || holdfast_engine_N.correct_buffers(p_tenant_id, p_level_id);
  end if;
  return jsonb_build_object('corrections', v_corrections, 'why_left', null);
end $$;

-- Which side is believed about what is held and committed at a level: 'ledger' when the counters
-- say the same, or the allocations do; 'rows' when both say the same against the ledger; null when
-- there are three opinions, or the allocations that verify has named do not explain it all.
-- answer: text or null.
-- locks: none.
create or replace function holdfast_engine_N.believed_side(
  p_tenant_id int, p_level_id int, p_reservations uuid[]
) returns text
language plpgsql volatile as $$
declare
  v_chain holdfast.inventory_transactions;
  v_level holdfast.levels;
  v_rows record;
  v_told record;
begin
  v_chain := holdfast_engine_N.last_movement(p_tenant_id, p_level_id);
  select l.* into strict v_level from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  select coalesce(sum(o.held), 0) as held, coalesce(sum(o.committed), 0) as committed into v_rows
  from (
    select r.held, r.committed from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.level_id = p_level_id and r.held > 0
    union all
    select r.held, r.committed from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.level_id = p_level_id and r.committed > 0
      and r.held <= 0
    union all
    select a.held, a.committed from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.level_id = p_level_id and a.held > 0
    union all
    select a.held, a.committed from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.level_id = p_level_id and a.committed > 0
      and a.held <= 0
  ) as o;
  select coalesce(sum(case when p.at_level then (p.kept).held else 0 end - (p.moved).held)
      filter (where not p.elsewhere), 0) as held,
    coalesce(sum(case when p.at_level then (p.kept).committed else 0 end - (p.moved).committed)
      filter (where not p.elsewhere), 0) as committed,
    coalesce(sum((p.kept).held) filter (where p.elsewhere), 0) as held_elsewhere,
    coalesce(sum((p.kept).committed) filter (where p.elsewhere), 0) as committed_elsewhere
  into v_told
  from holdfast_engine_N.parts_under_repair(p_tenant_id, p_level_id, p_reservations) as p;
  v_rows.held := v_rows.held - v_told.held_elsewhere;
  v_rows.committed := v_rows.committed - v_told.committed_elsewhere;

  if (v_rows.held - coalesce(v_chain.held, 0), v_rows.committed - coalesce(v_chain.committed, 0))
    <> (v_told.held, v_told.committed)
  then
    return null;
  end if;
  if (v_level.held, v_level.committed) = (coalesce(v_chain.held, 0), coalesce(v_chain.committed, 0))
    or (v_told.held, v_told.committed) = (0, 0)
  then
    return 'ledger';
  end if;
  return case when (v_level.held, v_level.committed) = (v_rows.held, v_rows.committed)
    then 'rows' end;
end $$;

-- The newest movement of a level; all null when it has none.
-- answer: holdfast.inventory_transactions.
-- locks: none.
create or replace function holdfast_engine_N.last_movement(p_tenant_id int, p_level_id int)
returns holdfast.inventory_transactions
language sql volatile as $$
  select t.* from holdfast.inventory_transactions t
  where t.tenant_id = p_tenant_id and t.level_id = p_level_id
  order by t.recorded_at desc, t.version desc limit 1
$$;

-- Writes one movement of kind correct behind the chain of its level, or between two of its
-- movements where one is missing. The counters of the level are set at the end, by settle_level.
-- p_before: the movement that it follows; p_changes jsonb: {"on_hand": …} by counter; p_part: whose
-- allocation (null: none); p_recorded_at: null for now. answer: the movement.
-- locks: none more; the level is locked.
create or replace function holdfast_engine_N.record_correction(
  p_tenant_id int, p_level_id int, p_before holdfast.inventory_transactions, p_changes jsonb,
  p_part holdfast.allocations, p_reason text, p_request jsonb,
  p_recorded_at timestamptz default null
) returns holdfast.inventory_transactions
language plpgsql volatile as $$
declare
  v_new holdfast.inventory_transactions;
begin
  v_new.tenant_id := p_tenant_id;
  v_new.level_id := p_level_id;
  v_new.kind := 15;
  v_new.recorded_at :=
    coalesce(p_recorded_at, greatest(p_before.recorded_at, holdfast.clock()));
  v_new.on_hand_change := nullif((p_changes ->> 'on_hand')::bigint, 0);
  v_new.held_change := nullif((p_changes ->> 'held')::bigint, 0);
  v_new.committed_change := nullif((p_changes ->> 'committed')::bigint, 0);
  v_new.backordered_change := nullif((p_changes ->> 'backordered')::bigint, 0);
  v_new.held_backordered_change := nullif((p_changes ->> 'held_backordered')::bigint, 0);
  v_new.damaged_change := nullif((p_changes ->> 'damaged')::bigint, 0);
  v_new.quality_control_change := nullif((p_changes ->> 'quality_control')::bigint, 0);
  v_new.set_aside_change := nullif((p_changes ->> 'set_aside')::bigint, 0);
  v_new.reservation_id := p_part.reservation_id;
  v_new.line_no := p_part.line_no;
  v_new.part_no := p_part.part_no;
  v_new.reason := left('repair: ' || p_reason, 255);
  v_new.document := p_request ->> 'document';
  v_new.actor_id := (p_request ->> 'actor_id')::int;
  if p_level_id is null then
    v_new.sku_id := p_part.sku_id;
    v_new.location_id := p_part.location_id;
  else
    v_new.version := coalesce(p_before.version, 0) + 1;
    v_new.on_hand := coalesce(p_before.on_hand, 0) + coalesce(v_new.on_hand_change, 0);
    v_new.held := coalesce(p_before.held, 0) + coalesce(v_new.held_change, 0);
    v_new.committed := coalesce(p_before.committed, 0) + coalesce(v_new.committed_change, 0);
    v_new.backordered :=
      nullif(coalesce(p_before.backordered, 0) + coalesce(v_new.backordered_change, 0), 0);
    v_new.held_backordered := nullif(coalesce(p_before.held_backordered, 0)
      + coalesce(v_new.held_backordered_change, 0), 0);
    v_new.damaged := nullif(coalesce(p_before.damaged, 0) + coalesce(v_new.damaged_change, 0), 0);
    v_new.quality_control := nullif(coalesce(p_before.quality_control, 0)
      + coalesce(v_new.quality_control_change, 0), 0);
    v_new.set_aside :=
      nullif(coalesce(p_before.set_aside, 0) + coalesce(v_new.set_aside_change, 0), 0);
    v_new.shortage := nullif(greatest(0, v_new.held + v_new.committed + coalesce(v_new.damaged, 0)
      + coalesce(v_new.quality_control, 0) + coalesce(v_new.set_aside, 0) - v_new.on_hand), 0);
  end if;
  insert into holdfast.inventory_transactions (
    tenant_id, level_id, version, recorded_at, on_hand_change, held_change, committed_change,
    backordered_change, damaged_change, quality_control_change, set_aside_change, on_hand, held,
    committed, backordered, damaged, quality_control, set_aside, shortage, reservation_id, sku_id,
    location_id, actor_id, kind, line_no, part_no, reason, document, held_backordered_change,
    held_backordered
  ) values (
    v_new.tenant_id, v_new.level_id, v_new.version, v_new.recorded_at, v_new.on_hand_change,
    v_new.held_change, v_new.committed_change, v_new.backordered_change, v_new.damaged_change,
    v_new.quality_control_change, v_new.set_aside_change, v_new.on_hand, v_new.held,
    v_new.committed, v_new.backordered, v_new.damaged, v_new.quality_control, v_new.set_aside,
    v_new.shortage, v_new.reservation_id, v_new.sku_id, v_new.location_id, v_new.actor_id,
    v_new.kind, v_new.line_no, v_new.part_no, v_new.reason, v_new.document,
    v_new.held_backordered_change, v_new.held_backordered
  );
  return v_new;
end $$;

-- Corrects the counters of a level that are not what its last movement left, with one movement
-- that says so; and the figures beside the ledger that break a rule of the level.
-- p_seen: the last movement before this repair of allocations, which the level's version should be
-- of. answer: an array of at most one correction.
-- locks: none more.
create or replace function holdfast_engine_N.correct_counters(
  p_tenant_id int, p_level_id int, p_seen holdfast.inventory_transactions, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_chain holdfast.inventory_transactions;
  v_level holdfast.levels;
  v_to holdfast.levels;
  v_changes jsonb;
  v_ledgered text[] := array['on_hand', 'held', 'committed', 'backordered', 'held_backordered',
    'damaged', 'quality_control', 'set_aside', 'shortage'];
begin
  v_chain := holdfast_engine_N.last_movement(p_tenant_id, p_level_id);
  select l.* into strict v_level from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  v_to := holdfast_engine_N.level_by_ledger(v_level, v_chain);
  v_changes := holdfast_engine_N.changes_between(to_jsonb(v_level), to_jsonb(v_to), v_ledgered
    || array['buffered', 'waiting', 'safety_stock', 'backorder_ceiling']);
  if v_level.version < p_seen.version then
    v_changes := v_changes || jsonb_build_object('what', 'version', 'from', v_level.version,
      'to', v_chain.version + 1);
  end if;
  if v_level.changed_at < p_seen.recorded_at then
    v_changes := v_changes || jsonb_build_object('what', 'changed_at',
      'from', v_level.changed_at, 'to', p_seen.recorded_at);
  end if;
  if v_changes = '[]' then
    return '[]';
  end if;
  perform holdfast_engine_N.record_correction(p_tenant_id, p_level_id, v_chain, '{}', null,
    holdfast_engine_N.changes_in_words(v_changes), p_request);
  return jsonb_build_array(holdfast_engine_N.correction('counters', case
    when v_changes @> '[{"what": "held"}]' or v_changes @> '[{"what": "committed"}]'
      then 'ledger_and_allocations' else 'ledger' end, v_changes, p_level_id));
end $$;

-- Changes in words, for the reason of the movement that makes them.
-- p_changes jsonb: [{"what", "from", "to"}]. answer: text such as 'held 4 to 3, quantity 4 to 3'.
-- locks: none.
create or replace function holdfast_engine_N.changes_in_words(p_changes jsonb) returns text
language sql immutable as $$
  select string_agg(format('%s %s to %s', c ->> 'what', coalesce(c ->> 'from', 'none'),
    coalesce(c ->> 'to', 'none')), ', ' order by n)
  from jsonb_array_elements(p_changes) with ordinality as t (c, n)
$$;

-- What a level should be, by its last movement and by the rules of its own columns.
-- p_level: as it is; p_chain: its last movement, all null for none. answer: the level.
-- The ceiling is never below what was sold beyond stock already.
-- locks: none.
create or replace function holdfast_engine_N.level_by_ledger(
  p_level holdfast.levels, p_chain holdfast.inventory_transactions
) returns holdfast.levels
language plpgsql immutable as $$
declare
  v_to holdfast.levels := p_level;
begin
  v_to.on_hand := coalesce(p_chain.on_hand, 0);
  v_to.held := coalesce(p_chain.held, 0);
  v_to.committed := coalesce(p_chain.committed, 0);
  v_to.backordered := coalesce(p_chain.backordered, 0);
  v_to.damaged := coalesce(p_chain.damaged, 0);
  v_to.quality_control := coalesce(p_chain.quality_control, 0);
  v_to.set_aside := coalesce(p_chain.set_aside, 0);
  v_to.shortage := greatest(0, v_to.held + v_to.committed + v_to.damaged + v_to.quality_control
    + v_to.set_aside - v_to.on_hand);
  v_to.held_backordered := coalesce(p_chain.held_backordered, 0);
  v_to.buffered := least(greatest(0, v_to.buffered), v_to.buffer_size);
  v_to.waiting := greatest(0, v_to.waiting);
  v_to.safety_stock := greatest(0, v_to.safety_stock);
  v_to.backorder_ceiling :=
    greatest(v_to.backorder_ceiling, v_to.backordered + v_to.held_backordered);
  return v_to;
end $$;

-- Sets a level to what its last movement says, version and time included: in one update, since no
-- constraint lets a part of it pass.
-- answer: nothing.
-- locks: none more.
create or replace function holdfast_engine_N.settle_level(p_tenant_id int, p_level_id int)
returns void
language plpgsql volatile as $$
declare
  v_chain holdfast.inventory_transactions :=
    holdfast_engine_N.last_movement(p_tenant_id, p_level_id);
begin
  update holdfast.levels l set
    on_hand = w.on_hand, held = w.held, committed = w.committed, backordered = w.backordered,
    damaged = w.damaged, quality_control = w.quality_control, set_aside = w.set_aside,
    shortage = w.shortage, held_backordered = w.held_backordered, buffered = w.buffered,
    waiting = w.waiting, safety_stock = w.safety_stock, backorder_ceiling = w.backorder_ceiling,
    version = v_chain.version, changed_at = v_chain.recorded_at
  from (
    select (holdfast_engine_N.level_by_ledger(o, v_chain)).* from holdfast.levels o
    where o.tenant_id = p_tenant_id and o.level_id = p_level_id
  ) as w
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  perform holdfast_engine_N.mend_queue(p_tenant_id, p_level_id);
end $$;
