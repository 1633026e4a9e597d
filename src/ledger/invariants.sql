-- The invariants of the books, one function a subject, all of them run by verify: movements and
-- levels here, promises in invariantsOfPromises.sql, what has no level in invariantsOfNames.sql.
-- src/ledger/findings.ts explains each code. What only a caller can know (its grants are there, its
-- refusals were true, one effect per key) is checked by simulation/acknowledged.ts.
-- Every function is STABLE: it sees one snapshot, so a slice is consistent although sales go on.
--
-- counters within bounds, shortage exact      level_faults
-- counters = fold of the ledger               movement_faults, level_faults
-- versions 1 … n without gap                  movement_faults
-- each movement is one that its verb makes    movement_faults
-- counters = sum of open allocations          promise_faults
-- one end per hold; a commit takes what was
-- held, or what had expired and was free      life_faults
-- carts whole, in one form, nothing orphaned  reservation_faults
-- the grant of every key kept is there        name_faults
-- nothing visible of another tenant           name_faults (the walls), catalogLint.sql
-- the queue = what waits; pegs have units     src/backorders/invariants.sql
-- kits conserve components, and stay whole     src/kits/invariants.sql
-- channels' buffers = sum of their moves       src/channels/invariants.sql

-- Faults in the chain of movements of a range of levels: versions 1 … n without gap or repeat,
-- each balance = the one before + the change, time never going back. Where months were archived it
-- begins with the checkpoint: an opening balance, as if that were one movement.
-- p_after int, p_until int: level ids, the first not included. rows: one a fault.
-- A wrong balance is told once: it must contradict both its neighbour and the sum of all changes.
-- locks: none.
create or replace function holdfast_engine_N.movement_faults(
  p_tenant_id int, p_after int, p_until int
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with movements as (
    select t.level_id, t.version, t.recorded_at, t.kind, t.reservation_id,
      coalesce(t.held_change, 0) <> 0 or coalesce(t.committed_change, 0) <> 0
        or coalesce(t.backordered_change, 0) <> 0 or coalesce(t.held_backordered_change, 0) <> 0
        as promises,
      array[coalesce(t.on_hand_change, 0), coalesce(t.held_change, 0),
        coalesce(t.committed_change, 0), coalesce(t.damaged_change, 0),
        coalesce(t.quality_control_change, 0), coalesce(t.set_aside_change, 0),
        coalesce(t.backordered_change, 0), coalesce(t.held_backordered_change, 0)] as changes,
      array[t.on_hand, t.held, t.committed, coalesce(t.damaged, 0),
        coalesce(t.quality_control, 0), coalesce(t.set_aside, 0),
        coalesce(t.backordered, 0), coalesce(t.held_backordered, 0)] as balances,
      coalesce(t.shortage, 0) as shortage, false as opening
    from holdfast.inventory_transactions t
    where t.tenant_id = p_tenant_id and t.level_id > p_after and t.level_id <= p_until
    union all
    select k.level_id, k.version, k.recorded_at, null, null, false, o.balances, o.balances,
      k.shortage, true
    from holdfast.ledger_checkpoints k
    cross join lateral (select array[k.on_hand, k.held, k.committed, k.damaged,
      k.quality_control, k.set_aside, k.backordered, k.held_backordered] as balances) as o
    where k.tenant_id = p_tenant_id and k.level_id > p_after and k.level_id <= p_until
  ), chained as (
    select m.*,
      lag(m.version) over chain as version_before,
      lag(m.recorded_at) over chain as recorded_before,
      lag(m.balances) over chain as balances_before,
      array[sum(m.changes[1]) over chain, sum(m.changes[2]) over chain,
        sum(m.changes[3]) over chain, sum(m.changes[4]) over chain, sum(m.changes[5]) over chain,
        sum(m.changes[6]) over chain, sum(m.changes[7]) over chain,
        sum(m.changes[8]) over chain]::bigint[] as sums
    from movements m
    window chain as (partition by m.level_id order by m.version, m.recorded_at
      rows unbounded preceding)
  )
  select 'movement_without_version', c.level_id, c.reservation_id,
    'a movement of ' || c.recorded_at, 'a version', null
  from chained c where c.version is null
  union all
  select 'movement_missing', c.level_id, null, case
      when c.version - coalesce(c.version_before, 0) = 2 then 'version ' || c.version - 1
      else format('versions %s to %s', coalesce(c.version_before, 0) + 1, c.version - 1) end,
    'version ' || coalesce(c.version_before, 0) + 1, 'version ' || c.version
  from chained c where c.version > coalesce(c.version_before, 0) + 1 and not c.opening
  union all
  select 'movement_repeated', c.level_id, c.reservation_id, 'version ' || c.version,
    'version ' || coalesce(c.version_before, 0) + 1, 'version ' || c.version
  from chained c where c.version <= coalesce(c.version_before, 0)
  union all
  select 'movement_balance_wrong', c.level_id, c.reservation_id,
    format('version %s: %s', c.version, n.name),
    coalesce(c.balances_before[n.i], 0) + c.changes[n.i] || '',
    c.balances[n.i] || ''
  from chained c
  cross join unnest(array['on_hand', 'held', 'committed', 'damaged', 'quality_control',
    'set_aside', 'backordered', 'held_backordered']) with ordinality as n (name, i)
  where c.version = coalesce(c.version_before, 0) + 1
    and c.balances[n.i] is distinct from coalesce(c.balances_before[n.i], 0) + c.changes[n.i]
    and c.balances[n.i] is distinct from c.sums[n.i]
  union all
  select 'movement_shortage_wrong', c.level_id, c.reservation_id, 'version ' || c.version,
    greatest(0, c.balances[2] + c.balances[3] + c.balances[4] + c.balances[5] + c.balances[6]
      - c.balances[1]) || '',
    c.shortage || ''
  from chained c
  where c.balances = c.sums
    and c.shortage is distinct from greatest(0, c.balances[2] + c.balances[3] + c.balances[4]
      + c.balances[5] + c.balances[6] - c.balances[1])
  union all
  select 'movement_out_of_time', c.level_id, c.reservation_id, 'version ' || c.version,
    'not before ' || c.recorded_before, c.recorded_at || ''
  from chained c where c.recorded_at < c.recorded_before
  union all
  select 'movement_of_unknown_kind', c.level_id, c.reservation_id, 'version ' || c.version,
    'a kind in holdfast.transaction_kinds', 'kind ' || c.kind
  from chained c
  where not c.opening
    and not exists (select from holdfast.transaction_kinds k where k.kind = c.kind)
  union all
  select 'movement_unlike_its_kind', c.level_id, c.reservation_id, 'version ' || c.version,
    'what ' || k.name || ' changes', array_to_string(c.changes, ' ')
  from chained c
  join holdfast.transaction_kinds k on k.kind = c.kind
  where not holdfast_engine_N.fits_kind(k.name, c.changes)
  union all
  select 'promise_without_reservation', c.level_id, null, 'version ' || c.version,
    'a reservation', null
  from chained c where c.promises and c.reservation_id is null
  union all
  select 'movement_without_level', c.level_id, null, 'movements of level ' || c.level_id,
    'a level', count(*) || ' movements'
  from chained c
  where not exists (
    select from holdfast.levels l where l.tenant_id = p_tenant_id and l.level_id = c.level_id
  )
  group by c.level_id
$$;

-- True when a movement changes the counters as the verb that it names does, and no others.
-- p_kind text: its name; p bigint[]: its changes of on_hand, held, committed, damaged,
-- quality_control, set_aside, backordered, held_backordered. answer: boolean; what merges and
-- imports do is free.
-- locks: none. One expression, so that it stands in its caller's place: a call for each movement
-- made verify three times slower.
create or replace function holdfast_engine_N.fits_kind(p_kind text, p bigint[])
returns boolean
language sql immutable as $$
  select case p_kind
    when 'reserve' then p[2] >= 0 and p[8] >= 0 and p[2] + p[8] > 0
      and (p[1], p[3], p[4], p[5], p[6], p[7]) = (0, 0, 0, 0, 0, 0)
    when 'amend' then (p[1], p[4], p[5], p[6]) = (0, 0, 0, 0)
    when 'commit' then p[2] <= 0 and p[8] <= 0 and p[3] >= 0 and p[7] >= 0 and p[3] + p[7] > 0
      and p[2] + p[3] + p[7] + p[8] >= 0 and (p[1], p[4], p[5], p[6]) = (0, 0, 0, 0)
    when 'fulfill' then p[3] < 0 and p[1] = p[3]
      and (p[2], p[4], p[5], p[6], p[7], p[8]) = (0, 0, 0, 0, 0, 0)
    when 'release' then p[2] <= 0 and p[3] <= 0 and p[7] <= 0 and p[8] <= 0
      and p[2] + p[3] + p[7] + p[8] < 0 and (p[1], p[4], p[5], p[6]) = (0, 0, 0, 0)
    when 'expire' then p[2] <= 0 and p[8] <= 0 and p[2] + p[8] < 0
      and (p[1], p[3], p[4], p[5], p[6], p[7]) = (0, 0, 0, 0, 0, 0)
    when 'return' then p[1] > 0 and p[4] >= 0 and p[5] >= 0 and p[4] + p[5] <= p[1]
      and (p[2], p[3], p[6], p[7], p[8]) = (0, 0, 0, 0, 0)
    when 'record_sale' then p[3] > 0
      and (p[1], p[2], p[4], p[5], p[6], p[7], p[8]) = (0, 0, 0, 0, 0, 0, 0)
    when 'move' then (p[1], p[2], p[3], p[7], p[8]) = (0, 0, 0, 0, 0)
    when 'receive' then p[1] > 0 and (p[2], p[3], p[7], p[8]) = (0, 0, 0, 0)
    when 'adjust' then (p[2], p[3], p[7], p[8]) = (0, 0, 0, 0)
    when 'set' then (p[2], p[3], p[7], p[8]) = (0, 0, 0, 0)
    when 'allocate' then p[2] >= 0 and p[3] >= 0 and p[2] + p[3] > 0
      and (p[2], p[3]) = (-p[8], -p[7]) and (p[1], p[4], p[5], p[6]) = (0, 0, 0, 0)
    when 'build' then p[1] <> 0
      and (p[2], p[3], p[4], p[5], p[6], p[7], p[8]) = (0, 0, 0, 0, 0, 0, 0)
    when 'break_down' then p[1] <> 0
      and (p[2], p[3], p[4], p[5], p[6], p[7], p[8]) = (0, 0, 0, 0, 0, 0, 0)
    when 'buffer' then (p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8])
      = (0, 0, 0, 0, 0, 0, 0, 0)
    else true
  end
$$;

-- Faults in the rows of levels: what they belong to, the rules of their counters, and whether they
-- are what the ledger says: the last balances, the sum of all changes, the newest version.
-- p_after int, p_until int: level ids, the first not included. rows: one a fault.
-- ledger_sum_differs follows from any other finding of its level; the caller then leaves it out.
-- locks: none.
create or replace function holdfast_engine_N.level_faults(
  p_tenant_id int, p_after int, p_until int
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with checked as (
    select l.*, l.held + l.committed + l.damaged + l.quality_control + l.set_aside as kept,
      coalesce(m.version, 0) as last_version, m.recorded_at as last_recorded_at,
      array[l.on_hand, l.held, l.committed, l.damaged, l.quality_control, l.set_aside,
        l.backordered, l.held_backordered, l.shortage] as counters,
      array[coalesce(m.on_hand, 0), coalesce(m.held, 0), coalesce(m.committed, 0),
        coalesce(m.damaged, 0), coalesce(m.quality_control, 0), coalesce(m.set_aside, 0),
        coalesce(m.backordered, 0), coalesce(m.held_backordered, 0),
        coalesce(m.shortage, 0)] as balances
    from holdfast.levels l
    left join lateral (
      select t.version, t.recorded_at, t.on_hand, t.held, t.committed, t.damaged,
        t.quality_control, t.set_aside, t.backordered, t.held_backordered, t.shortage
      from holdfast.inventory_transactions t
      where t.tenant_id = p_tenant_id and t.level_id = l.level_id
      union all
      select k.version, k.recorded_at, k.on_hand, k.held, k.committed, k.damaged,
        k.quality_control, k.set_aside, k.backordered, k.held_backordered, k.shortage
      from holdfast.ledger_checkpoints k
      where k.tenant_id = p_tenant_id and k.level_id = l.level_id
      order by 1 desc nulls last, 2 desc limit 1
    ) as m on true
    where l.tenant_id = p_tenant_id and l.level_id > p_after and l.level_id <= p_until
  ), named as (
    select n.name, n.i from unnest(array['on_hand', 'held', 'committed', 'damaged',
      'quality_control', 'set_aside', 'backordered', 'held_backordered', 'shortage'])
      with ordinality as n (name, i)
  ), faults (code, level_id, what, expected, found) as (
    select 'level_without_sku', c.level_id, 'SKU ' || c.sku_id, 'a SKU', null from checked c
    where not exists (select from holdfast.skus s
      where s.tenant_id = p_tenant_id and s.sku_id = c.sku_id)
    union all
    select 'level_without_location', c.level_id, 'location ' || c.location_id, 'a location', null
    from checked c
    where not exists (select from holdfast.locations p
      where p.tenant_id = p_tenant_id and p.location_id = c.location_id)
    union all
    select 'level_twice', c.level_id, 'SKU and location', 'one level', 'level ' || o.level_id
    from checked c
    join holdfast.levels o on o.tenant_id = p_tenant_id and o.sku_id = c.sku_id
      and o.location_id = c.location_id and o.level_id < c.level_id
    union all
    select 'counter_negative', c.level_id, n.name, '0 or more', n.units || ''
    from checked c
    cross join lateral (values ('on_hand', c.on_hand), ('held', c.held),
      ('committed', c.committed), ('damaged', c.damaged),
      ('quality_control', c.quality_control), ('set_aside', c.set_aside),
      ('backordered', c.backordered), ('held_backordered', c.held_backordered),
      ('buffered', c.buffered), ('waiting', c.waiting), ('shortage', c.shortage),
      ('safety_stock', c.safety_stock)) as n (name, units)
    where n.units < 0
    union all
    select 'oversold', c.level_id, 'reserved and unavailable',
      c.on_hand + c.shortage || ' at most', c.kept || ''
    from checked c where c.kept > c.on_hand + c.shortage
    union all
    select 'shortage_wrong', c.level_id, 'shortage', greatest(0, c.kept - c.on_hand) || '',
      c.shortage || ''
    from checked c where c.shortage > 0 and c.kept < c.on_hand + c.shortage
    union all
    select 'backorder_over_ceiling', c.level_id, 'backordered',
      c.backorder_ceiling || ' at most', c.backordered + c.held_backordered || ''
    from checked c where c.backordered + c.held_backordered > c.backorder_ceiling
    union all
    select case when c.version > c.last_version and c.counters <> c.balances
      then 'movement_missing' else 'level_version_wrong' end, c.level_id,
      case when c.version > c.last_version and c.counters <> c.balances
        then 'the newest movement' else 'version' end,
      case when c.version > c.last_version and c.counters <> c.balances
        then 'version ' || c.version else 'version ' || c.last_version end,
      case when c.version > c.last_version and c.counters <> c.balances
        then 'version ' || c.last_version else 'version ' || c.version end
    from checked c where c.version <> c.last_version
    union all
    select 'counter_differs_from_ledger', c.level_id, n.name, c.balances[n.i] || '',
      c.counters[n.i] || ''
    from checked c
    cross join named n
    where c.version <= c.last_version and c.counters[n.i] <> c.balances[n.i]
    union all
    select 'level_time_wrong', c.level_id, 'changed_at', 'not before ' || c.last_recorded_at,
      c.changed_at || ''
    from checked c where c.changed_at < c.last_recorded_at
    union all
    select 'ledger_sum_differs', c.level_id, n.name, o.opening[n.i] + s.sums[n.i] || '',
      c.counters[n.i] || ''
    from checked c
    cross join lateral (
      select array[coalesce(sum(t.on_hand_change), 0), coalesce(sum(t.held_change), 0),
        coalesce(sum(t.committed_change), 0), coalesce(sum(t.damaged_change), 0),
        coalesce(sum(t.quality_control_change), 0), coalesce(sum(t.set_aside_change), 0),
        coalesce(sum(t.backordered_change), 0),
        coalesce(sum(t.held_backordered_change), 0)] as sums
      from holdfast.inventory_transactions t
      where t.tenant_id = p_tenant_id and t.level_id = c.level_id
    ) as s
    left join holdfast.ledger_checkpoints k
      on k.tenant_id = p_tenant_id and k.level_id = c.level_id
    cross join lateral (select coalesce(array[k.on_hand, k.held, k.committed, k.damaged,
      k.quality_control, k.set_aside, k.backordered, k.held_backordered], '{0,0,0,0,0,0,0,0}')
      as opening) as o
    join named n on n.i <= 8
    where c.counters[n.i] <> o.opening[n.i] + s.sums[n.i]
  )
  select f.code, f.level_id, null::uuid, f.what, f.expected, f.found from faults f
$$;
