-- The fast path of commit, fulfill and release: many reservations that carry their allocation in
-- their own row, in a few set-based statements. What is not plain (a late commit, units in two
-- states, a level that owes units, another code of the SKU) is in no row: the careful path has it.
-- p_kind int: of the movements, 3 commit, 4 fulfill, 5 release; per request in arrival order, each
-- reservation once: p_ids; p_units, p_skus, p_locations of its only line, null for all there is; …
-- p_keys, p_requests: of those with a key, see claim_new; p_key_places: their places in p_ids.
-- rows: one a request that is done: its place, and its reservation as the answer shows it.
-- locks: the keys, the levels by id, then the reservations in any order: whoever changes one has
-- its level. What was seen before the locks must still be so after them, or the row is left out.
create or replace function holdfast_engine_N.change_fast(
  p_tenant_id int, p_kind int, p_lock_timeout text,
  p_ids uuid[], p_units bigint[], p_skus text[], p_locations text[], p_order_references text[],
  p_reasons text[], p_documents text[], p_actors int[],
  p_keys text[], p_requests jsonb, p_key_places int[]
) returns table (
  place int, version bigint, sku text, location text, quantity bigint, held bigint,
  committed bigint, fulfilled bigint, released bigint, expired bigint, returned bigint,
  expires_at timestamptz, order_reference text
)
language plpgsql volatile
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
#variable_conflict use_column
declare
  v_seen record;
  v_sound int[];
  v_done record;
  v_levels record;
begin
  perform holdfast_engine_N.open_call(p_tenant_id);
  perform set_config('lock_timeout', p_lock_timeout, true);
  if cardinality(p_keys) > 0 then
    perform holdfast_engine_N.claim_new(p_tenant_id,
      case p_kind when 3 then 'commit' when 4 then 'fulfill' else 'release' end,
      p_keys, p_requests, null, holdfast.clock());
  end if;

  select array_agg(f.place) as places, array_agg(f.id) as ids, array_agg(f.level_id) as levels,
    array_agg(f.units) as units, array_agg(f.held) as held, array_agg(f.committed) as committed,
    array_agg(f.order_reference) as order_references
  into v_seen
  from (
    select a.place::int, a.id, a.order_reference, r.level_id, r.held, r.committed, coalesce(a.units,
      case p_kind when 4 then r.committed else r.held + r.committed end) as units
    from unnest(p_ids, p_units, p_skus, p_locations, p_order_references) with ordinality
      as a (id, units, sku, location, order_reference, place)
    join holdfast.reservations r on r.tenant_id = p_tenant_id and r.reservation_id = a.id
    where r.quantity is not null and r.level_id is not null
      and case p_kind when 3 then r.held > 0 and r.committed = 0 and r.expired = 0
        when 4 then r.committed > 0 else (r.held = 0) <> (r.committed = 0) end
      and (a.sku is null or exists (
        select from holdfast.levels l
        join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
        join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
        where l.tenant_id = p_tenant_id and l.level_id = r.level_id
          and s.code = a.sku and p.code = coalesce(a.location, p.code)))
    order by a.place
  ) as f
  where f.units between 1 and case p_kind when 4 then f.committed else f.held + f.committed end;

  select array_agg(l.level_id) into v_sound
  from (
    select l.level_id, l.shortage + l.backordered + l.held_backordered + l.waiting
      + l.buffer_size - l.buffered as owed
    from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = any (v_seen.levels)
    order by l.level_id
    for no key update
  ) as l
  where l.owed = 0;

  with changed as (
    update holdfast.reservations r set
      held = r.held - w.from_held,
      committed = r.committed + case p_kind when 3 then w.units else w.from_held - w.units end,
      fulfilled = r.fulfilled + case p_kind when 4 then w.units else 0 end,
      released = r.released + case p_kind when 5 then w.units else 0 end,
      order_reference = coalesce(w.order_reference, r.order_reference)
    from (
      select *, case when p_kind <> 4 and u.held > 0 then u.units else 0 end as from_held
      from unnest(v_seen.places, v_seen.ids, v_seen.units, v_seen.held, v_seen.committed,
        v_seen.order_references) as u (place, id, units, held, committed, order_reference)
    ) as w
    where r.tenant_id = p_tenant_id and r.reservation_id = w.id and r.level_id = any (v_sound)
      and r.held = w.held and r.committed = w.committed
      and (r.held = 0 or r.expires_at is null or r.expires_at > holdfast.clock())
    returning w.place, w.units, w.from_held, r.*
  )
  select array_agg(c.place) as places, array_agg(c.reservation_id) as ids,
    array_agg(c.level_id) as levels, array_agg(c.level_no) as level_nos, array_agg(c.nth) as nths,
    array_agg(c.units) as units, array_agg(c.from_held) as from_held,
    array_agg(c.units_sum) as units_sums, array_agg(c.held_sum) as held_sums,
    array_agg(c.quantity) as quantity, array_agg(c.held) as held,
    array_agg(c.committed) as committed, array_agg(c.fulfilled) as fulfilled,
    array_agg(c.released) as released, array_agg(c.expired) as expired,
    array_agg(c.returned) as returned, array_agg(c.expires_at) as expires_at,
    array_agg(c.order_reference) as order_references
  into v_done
  from (
    select c.*, dense_rank() over (order by c.level_id)::int as level_no,
      row_number() over by_level as nth, (sum(c.units) over by_level)::bigint as units_sum,
      (sum(c.from_held) over by_level)::bigint as held_sum
    from changed c
    window by_level as (partition by c.level_id order by c.place)
  ) as c;
  if v_done.places is null then
    delete from holdfast.requests q where q.tenant_id = p_tenant_id and q.key = any (p_keys);
    return;
  end if;

  select * into v_levels from holdfast_engine_N.move_levels(
    p_tenant_id, p_kind, v_done.levels, v_done.units, v_done.from_held);
  insert into holdfast.inventory_transactions (
    tenant_id, level_id, version, recorded_at, on_hand_change, held_change, committed_change,
    on_hand, held, committed, damaged, quality_control, set_aside,
    reservation_id, actor_id, kind, line_no, part_no, reason, document
  )
  select p_tenant_id, c.level_id, v_levels.versions[c.i] + c.nth, v_levels.changed_at[c.i],
    case p_kind when 4 then -c.units end, nullif(-c.from_held, 0),
    nullif(case p_kind when 3 then c.units else c.from_held - c.units end, 0),
    v_levels.on_hand[c.i] - case p_kind when 4 then c.units_sum else 0 end,
    v_levels.held[c.i] - c.held_sum,
    v_levels.committed[c.i] + case p_kind when 3 then c.units_sum else c.held_sum - c.units_sum end,
    nullif(v_levels.damaged[c.i], 0), nullif(v_levels.quality_control[c.i], 0),
    nullif(v_levels.set_aside[c.i], 0), c.id, p_actors[c.place], p_kind, 1, 0,
    p_reasons[c.place], p_documents[c.place]
  from unnest(v_done.places, v_done.ids, v_done.levels, v_done.level_nos, v_done.nths,
    v_done.units, v_done.from_held, v_done.units_sums, v_done.held_sums)
    as c (place, id, level_id, i, nth, units, from_held, units_sum, held_sum);

  if cardinality(p_keys) > 0 then
    perform holdfast_engine_N.keep_answers(p_tenant_id, p_keys, p_key_places, v_done.places, array(
      select holdfast_engine_N.line_answer(c.id, v_levels.versions[c.i] + c.nth,
        v_levels.skus[c.i], v_levels.locations[c.i], c.quantity, c.held, c.committed, c.fulfilled,
        c.released, c.expired, c.returned, c.expires_at, c.order_reference)
      from unnest(v_done.ids, v_done.level_nos, v_done.nths, v_done.quantity, v_done.held,
        v_done.committed, v_done.fulfilled, v_done.released, v_done.expired, v_done.returned,
        v_done.expires_at, v_done.order_references) with ordinality
        as c (id, i, nth, quantity, held, committed, fulfilled, released, expired, returned,
          expires_at, order_reference, ordinal)
      order by c.ordinal));
  end if;
  return query
  select c.place, v_levels.versions[c.i] + c.nth, v_levels.skus[c.i],
    v_levels.locations[c.i], c.quantity, c.held, c.committed, c.fulfilled, c.released, c.expired,
    c.returned, c.expires_at, c.order_reference
  from unnest(v_done.places, v_done.level_nos, v_done.nths, v_done.quantity, v_done.held,
    v_done.committed, v_done.fulfilled, v_done.released, v_done.expired, v_done.returned,
    v_done.expires_at, v_done.order_references)
    as c (place, i, nth, quantity, held, committed, fulfilled, released, expired, returned,
      expires_at, order_reference);
end $$;

-- Moves units at the levels of a fast call by their sums.
-- p_kind int: see change_fast; per change: its level, its units and how many of them were held.
-- answer: per level in id order what it was before, and the names of its SKU and location.
-- locks: none; the levels are locked already.
create or replace function holdfast_engine_N.move_levels(
  p_tenant_id int, p_kind int, p_levels int[], p_units bigint[], p_from_held bigint[],
  out versions bigint[], out changed_at timestamptz[], out on_hand bigint[], out held bigint[],
  out committed bigint[], out damaged bigint[], out quality_control bigint[],
  out set_aside bigint[], out skus text[], out locations text[]
)
language plpgsql volatile
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
#variable_conflict use_column
begin
  with sums as materialized (
    select c.level_id, count(*) as movements, sum(c.from_held)::bigint as held,
      case p_kind when 4 then sum(c.units) else 0 end::bigint as on_hand,
      case p_kind when 3 then -sum(c.units) else sum(c.units - c.from_held) end::bigint as committed
    from unnest(p_levels, p_units, p_from_held) as c (level_id, units, from_held)
    group by c.level_id
  ), moved as (
    update holdfast.levels l set
      on_hand = l.on_hand - s.on_hand, held = l.held - s.held,
      committed = l.committed - s.committed, version = l.version + s.movements,
      changed_at = greatest(l.changed_at, holdfast.clock())
    from sums s
    where l.tenant_id = p_tenant_id and l.level_id = s.level_id
    returning l.*, s.movements, s.on_hand as less_on_hand, s.held as less_held,
      s.committed as less_committed
  )
  select array_agg(m.version - m.movements), array_agg(m.changed_at),
    array_agg(m.on_hand + m.less_on_hand), array_agg(m.held + m.less_held),
    array_agg(m.committed + m.less_committed), array_agg(m.damaged),
    array_agg(m.quality_control), array_agg(m.set_aside), array_agg(m.sku), array_agg(m.location)
  into versions, changed_at, on_hand, held, committed, damaged, quality_control, set_aside, skus,
    locations
  from (
    select m.*, k.code as sku, p.code as location
    from moved m
    join holdfast.skus k on k.tenant_id = p_tenant_id and k.sku_id = m.sku_id
    join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = m.location_id
    order by m.level_id
  ) as m;
end $$;

-- Keeps the first answers of a fast call's keys; a key whose request was left out is free again.
-- p_keys, p_key_places: see change_fast; p_places, p_answers: of the requests that are done.
-- answer: nothing. Lists meet here, so they may be joined by hash.
-- locks: none; the keys' rows are of this transaction.
create or replace function holdfast_engine_N.keep_answers(
  p_tenant_id int, p_keys text[], p_key_places int[], p_places int[], p_answers jsonb[]
) returns void
language plpgsql volatile
set enable_hashjoin = on
as $$
begin
  update holdfast.requests q set answer = d.answer
  from unnest(p_keys, p_key_places) as k (key, place)
  join unnest(p_places, p_answers) as d (place, answer) on d.place = k.place
  where q.tenant_id = p_tenant_id and q.key = k.key;
  delete from holdfast.requests q
  where q.tenant_id = p_tenant_id and q.key = any (array(
    select k.key from unnest(p_keys, p_key_places) as k (key, place)
    where k.place <> all (p_places)));
end $$;

-- What reservation_answer says of a reservation with one allocation, from what is at hand.
-- the reservation's columns, its level's version and names. answer: as reservation_answer.
-- locks: none.
create or replace function holdfast_engine_N.line_answer(
  p_id uuid, p_version bigint, p_sku text, p_location text, p_quantity bigint, p_held bigint,
  p_committed bigint, p_fulfilled bigint, p_released bigint, p_expired bigint, p_returned bigint,
  p_expires_at timestamptz, p_order_reference text
) returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'ok', true, 'reservation_id', p_id,
    'state', case when p_held > 0 then 'held' when p_committed > 0 then 'committed'
      else 'closed' end,
    'expires_at', case when p_held > 0 then to_char(
      p_expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end,
    'order_reference', p_order_reference,
    'lines', jsonb_build_array(jsonb_build_object(
      'line', 1, 'part', 0, 'sku', p_sku, 'location', p_location, 'quantity', p_quantity,
      'held', p_held, 'committed', p_committed, 'fulfilled', p_fulfilled, 'released', p_released,
      'expired', p_expired, 'returned', p_returned, 'version', p_version)))
$$;
