-- The allocations that a repair looks at: what the movements of a level have made of each, and what
-- its row says.
-- p_level_id int (null: of untracked SKUs); p_reservations uuid[]. rows: one a part;
-- moved: by the ledger, kept: the row (has_row), at_level: the row stands at this level,
-- comparable: the movements tell its outcomes too, which they do not after a merge or a correction,
-- elsewhere: its movements are all at another level, which will bring it back.
-- locks: none.
create or replace function holdfast_engine_N.parts_under_repair(
  p_tenant_id int, p_level_id int, p_reservations uuid[]
) returns table (
  reservation_id uuid, line_no int, part_no int, began_at timestamptz, movements bigint,
  moved holdfast.allocations, has_row boolean, inline boolean, at_level boolean,
  kept holdfast.allocations, comparable boolean, elsewhere boolean
)
language sql volatile as $$
  with changes as (
    select t.*, coalesce(t.held_change, 0) as held_by,
      coalesce(t.committed_change, 0) as committed_by, c.units
    from holdfast.inventory_transactions t
    cross join lateral holdfast_engine_N.promised_by(t) as c (units)
    where t.tenant_id = p_tenant_id and t.reservation_id = any (p_reservations)
      and (t.level_id = p_level_id or (p_level_id is null and t.level_id is null))
  ), moved as (
    select c.reservation_id, c.line_no, c.part_no, count(*) as movements,
      min(c.recorded_at) as began_at, min(c.sku_id) as sku_id, min(c.location_id) as location_id,
      sum(c.held_by) as held, sum(c.committed_by) as committed,
      coalesce(sum(c.backordered_change), 0) as backordered,
      coalesce(sum(c.held_backordered_change), 0) as held_backordered,
      coalesce(-sum(c.committed_by) filter (where c.kind = 4), 0) as fulfilled,
      coalesce(sum(c.on_hand_change) filter (where c.kind = 7), 0) as returned,
      coalesce(-sum(c.units) filter (where c.kind = 5 or (c.kind = 2 and c.units < 0)), 0)
        as released,
      coalesce(-sum(c.units) filter (where c.kind in (3, 6)), 0) as expired,
      not bool_or(c.kind = 15) and not exists (
        select from holdfast.levels l
        join holdfast.skus s on s.tenant_id = p_tenant_id and s.merged_into = l.sku_id
        where l.tenant_id = p_tenant_id and l.level_id = p_level_id
      ) as comparable
    from changes c
    group by c.reservation_id, c.line_no, c.part_no
  ), kept as (
    select r.reservation_id, 1 as line_no, 0 as part_no, true as inline,
      jsonb_populate_record(null::holdfast.allocations,
        to_jsonb(r) || '{"line_no": 1, "part_no": 0}') as part
    from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id = any (p_reservations)
      and num_nonnulls(r.quantity, r.held, r.committed) > 0
    union all
    select a.reservation_id, a.line_no, a.part_no, false, a
    from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.reservation_id = any (p_reservations)
  )
  select coalesce(m.reservation_id, k.reservation_id), coalesce(m.line_no, k.line_no),
    coalesce(m.part_no, k.part_no), m.began_at, coalesce(m.movements, 0),
    jsonb_populate_record(null::holdfast.allocations, jsonb_build_object(
      'tenant_id', p_tenant_id, 'reservation_id', coalesce(m.reservation_id, k.reservation_id),
      'line_no', coalesce(m.line_no, k.line_no), 'part_no', coalesce(m.part_no, k.part_no),
      'level_id', p_level_id, 'sku_id', m.sku_id, 'location_id', m.location_id, 'quantity', 0,
      'held', coalesce(m.held, 0), 'committed', coalesce(m.committed, 0),
      'backordered', coalesce(m.backordered, 0),
      'held_backordered', coalesce(m.held_backordered, 0),
      'fulfilled', coalesce(m.fulfilled, 0),
      'released', coalesce(m.released, 0), 'expired', greatest(0, coalesce(m.expired, 0)),
      'returned', coalesce(m.returned, 0))),
    k.reservation_id is not null, coalesce(k.inline, false),
    k.reservation_id is not null and (k.part).level_id is not distinct from p_level_id, k.part,
    coalesce(m.comparable, true),
    m.reservation_id is null and exists (
      select from holdfast.inventory_transactions t
      where t.tenant_id = p_tenant_id and t.reservation_id = k.reservation_id
        and t.line_no = k.line_no and t.part_no = k.part_no
        and t.level_id is distinct from p_level_id
    )
  from moved m
  full join kept k on k.reservation_id = m.reservation_id and k.line_no = m.line_no
    and k.part_no = m.part_no
  where case
    when m.reservation_id is null then (k.part).level_id is not distinct from p_level_id
      and (p_level_id is not null or (k.part).sku_id is not null)
    else (k.part).level_id is not distinct from p_level_id or m.held <> 0 or m.committed <> 0
      or m.backordered <> 0 or m.held_backordered <> 0
      or k.reservation_id is null and not exists ( -- merged into another level since
        select from holdfast.allocations a
        where a.tenant_id = p_tenant_id and a.reservation_id = m.reservation_id
          and a.line_no = m.line_no and a.part_no = m.part_no
      )
  end
$$;

-- Corrects the allocations of a level, each with a movement that says so; restores the row of a
-- reservation that is gone, and brings one that is kept in both forms into one.
-- p_believed text: from believed_side. answer: an array of corrections.
-- locks: the allocations' rows, under their levels.
create or replace function holdfast_engine_N.correct_parts(
  p_tenant_id int, p_level_id int, p_reservations uuid[], p_believed text, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_corrections jsonb;
  v_part record;
  v_to holdfast.allocations;
  v_changes jsonb;
begin
  v_corrections := holdfast_engine_N.join_forms(
    p_tenant_id, p_level_id, p_reservations, p_request);
  for v_part in
    select p.*, r.reservation_id is not null as has_header, r.expires_at, r.owner
    from holdfast_engine_N.parts_under_repair(p_tenant_id, p_level_id, p_reservations) as p
    left join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = p.reservation_id
    where not p.elsewhere
    order by p.reservation_id, p.line_no, p.part_no
  loop
    v_to := holdfast_engine_N.part_to_be(
      p_level_id, v_part.moved, v_part.kept, v_part.has_row, v_part.movements > 0,
      v_part.comparable, p_believed);
    if v_to.held + v_to.held_backordered > 0 and v_part.owner is null then
      v_to.expires_at := coalesce(v_part.expires_at, v_to.expires_at,
        holdfast_engine_N.window_from_now(p_tenant_id));
    elsif v_to.held + v_to.held_backordered > 0 then
      v_to.expires_at := v_part.expires_at;
    end if;
    v_changes := holdfast_engine_N.changes_between(
      case when v_part.has_row then to_jsonb(v_part.kept) else '{}' end, to_jsonb(v_to),
      array['level_id', 'quantity', 'held', 'committed', 'backordered', 'held_backordered',
        'fulfilled', 'released', 'expired', 'returned', 'expires_at']);
    if not v_part.has_header then
      v_changes := jsonb_build_object('what', 'reservation', 'from', null, 'to', 'restored')
        || v_changes;
    end if;
    if p_believed = 'rows' and v_part.at_level then
      v_changes := v_changes || holdfast_engine_N.changes_between(to_jsonb(v_part.moved),
        to_jsonb(v_part.kept), array['held', 'committed']);
    end if;
    if v_changes = '[]' and v_part.movements = 0 then
      v_changes := '[{"what": "movements", "from": 0, "to": 1}]';
    end if;
    continue when v_changes = '[]';
    perform holdfast_engine_N.write_part(p_tenant_id, v_to, v_part.has_header, v_part.inline,
      v_part.has_row, coalesce(v_part.began_at, holdfast.clock()));
    perform holdfast_engine_N.record_part(p_tenant_id, p_level_id, v_part.moved, v_to, v_changes,
      p_request);
    v_corrections := v_corrections || holdfast_engine_N.correction(
      'allocation',
      case when p_believed = 'rows' then 'counters_and_allocations'
        when p_level_id is null then 'ledger' else 'ledger_and_counters' end,
      v_changes, p_level_id, v_part.reservation_id, v_part.line_no, v_part.part_no);
  end loop;
  return v_corrections;
end $$;

-- What an allocation should be.
-- p_moved: by the ledger; p_kept: the row, if p_has_row; p_known: the ledger has movements of it;
-- p_comparable, p_believed: as above. answer: the allocation; quantity follows its outcomes.
-- Units that only the row knows, against ledger and counters, count as released.
-- locks: none.
create or replace function holdfast_engine_N.part_to_be(
  p_level_id int, p_moved holdfast.allocations, p_kept holdfast.allocations, p_has_row boolean,
  p_known boolean, p_comparable boolean, p_believed text
) returns holdfast.allocations
language plpgsql immutable as $$
declare
  v_to holdfast.allocations := p_moved;
  v_claimed bigint;
begin
  if p_has_row then
    v_to := p_kept;
    v_to.level_id := p_level_id;
    v_to.backordered := greatest(0, coalesce(p_kept.backordered, 0));
    v_to.held_backordered := greatest(0, coalesce(p_kept.held_backordered, 0));
    v_to.expired := greatest(0, coalesce(p_kept.expired, 0));
    v_to.fulfilled := greatest(0, coalesce(p_kept.fulfilled, 0));
    v_to.released := greatest(0, coalesce(p_kept.released, 0));
    v_to.returned := greatest(0, coalesce(p_kept.returned, 0));
    v_claimed := greatest(0, coalesce(p_kept.held, 0)) + greatest(0, coalesce(p_kept.committed, 0))
      + v_to.fulfilled + v_to.released;
    if p_believed = 'ledger' then
      v_to.held := p_moved.held;
      v_to.committed := p_moved.committed;
      v_to.backordered := p_moved.backordered;
      v_to.held_backordered := p_moved.held_backordered;
    end if;
    if p_believed = 'ledger' and p_comparable then
      v_to.fulfilled := p_moved.fulfilled;
      v_to.returned := p_moved.returned;
      v_to.released := case when p_known then p_moved.released else v_claimed end;
    end if;
  end if;
  v_to.returned := least(v_to.returned, v_to.fulfilled);
  v_to.quantity := v_to.held + v_to.committed + v_to.backordered + v_to.held_backordered
    + v_to.fulfilled + v_to.released + v_to.expired;
  return v_to;
end $$;

-- The end of a hold that has lost its own: as long from now as a new one would get, so that nobody
-- loses their cart by a repair.
-- answer: an instant.
-- locks: none.
create or replace function holdfast_engine_N.window_from_now(p_tenant_id int) returns timestamptz
language sql volatile as $$
  select holdfast.clock() + make_interval(secs => t.cart_window_seconds)
  from holdfast.tenants t where t.tenant_id = p_tenant_id
$$;

-- Writes an allocation as it should be, in the form in which it is kept; a reservation that is gone
-- comes back with its allocations in their table.
-- p_began_at timestamptz: when the ledger first tells of it. answer: nothing.
-- Buyer, order reference and owner of a reservation that is gone stand nowhere else.
-- locks: the rows, under their levels.
create or replace function holdfast_engine_N.write_part(
  p_tenant_id int, p_to holdfast.allocations, p_has_header boolean, p_inline boolean,
  p_has_row boolean, p_began_at timestamptz
) returns void
language plpgsql volatile as $$
begin
  if not p_has_header then
    insert into holdfast.reservations as r (
      tenant_id, reservation_id, created_at, expires_at, lines
    ) values (
      p_tenant_id, p_to.reservation_id, p_began_at,
      case when p_to.held + p_to.held_backordered > 0 then p_to.expires_at end, p_to.line_no
    )
    on conflict (tenant_id, reservation_id) do update set
      lines = greatest(r.lines, excluded.lines),
      created_at = least(r.created_at, excluded.created_at),
      expires_at = coalesce(r.expires_at, excluded.expires_at);
  elsif p_to.held + p_to.held_backordered > 0 then
    update holdfast.reservations r set expires_at = p_to.expires_at
    where r.tenant_id = p_tenant_id and r.reservation_id = p_to.reservation_id
      and r.expires_at is distinct from p_to.expires_at;
  end if;
  if p_inline then
    update holdfast.reservations r set
      level_id = p_to.level_id, quantity = p_to.quantity, held = p_to.held,
      committed = p_to.committed, backordered = p_to.backordered,
      held_backordered = p_to.held_backordered, fulfilled = p_to.fulfilled,
      released = p_to.released, expired = p_to.expired, returned = p_to.returned
    where r.tenant_id = p_tenant_id and r.reservation_id = p_to.reservation_id;
  elsif p_has_row then
    update holdfast.allocations a set
      level_id = p_to.level_id, expires_at = p_to.expires_at, quantity = p_to.quantity,
      held = p_to.held, committed = p_to.committed, backordered = p_to.backordered,
      held_backordered = p_to.held_backordered, fulfilled = p_to.fulfilled,
      released = p_to.released, expired = p_to.expired, returned = p_to.returned
    where a.tenant_id = p_tenant_id and a.reservation_id = p_to.reservation_id
      and a.line_no = p_to.line_no and a.part_no = p_to.part_no;
  else
    perform holdfast_engine_N.move_out_of_row(p_tenant_id, p_to.reservation_id);
    insert into holdfast.allocations
    select o.* from (select (p_to).*) as o where o.tenant_id = p_tenant_id;
  end if;
end $$;

-- Writes the movement of a corrected allocation. What it changes at the level is the difference
-- between the ledger and what is believed: nothing where the ledger is believed.
-- p_moved: by the ledger; p_to: as it should be. answer: nothing.
-- Units that have left or come back count only where the level's own counter says the same.
-- locks: none more.
create or replace function holdfast_engine_N.record_part(
  p_tenant_id int, p_level_id int, p_moved holdfast.allocations, p_to holdfast.allocations,
  p_changes jsonb, p_request jsonb
) returns void
language plpgsql volatile as $$
declare
  v_chain holdfast.inventory_transactions;
  v_on_hand bigint := (p_to.returned - p_moved.returned) - (p_to.fulfilled - p_moved.fulfilled);
  v_there bigint;
begin
  if p_level_id is not null then
    v_chain := holdfast_engine_N.last_movement(p_tenant_id, p_level_id);
    select l.on_hand - coalesce(v_chain.on_hand, 0) into v_there from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  end if;
  if (p_to.held, p_to.committed) = (p_moved.held, p_moved.committed)
    or sign(v_on_hand) is distinct from sign(v_there) or abs(v_on_hand) > abs(v_there)
  then
    v_on_hand := 0;
  end if;
  perform holdfast_engine_N.record_correction(p_tenant_id, p_level_id, v_chain,
    jsonb_build_object('on_hand', v_on_hand, 'held', p_to.held - p_moved.held,
      'committed', p_to.committed - p_moved.committed,
      'backordered', p_to.backordered - p_moved.backordered,
      'held_backordered', p_to.held_backordered - p_moved.held_backordered),
    p_to, holdfast_engine_N.changes_in_words(p_changes), p_request);
end $$;

-- Brings reservations that have an allocation in their own row and others in their table into one
-- form: all in the table, unless the table has one of the same line and part already.
-- answer: an array of corrections.
-- locks: the reservations' rows, under their levels.
create or replace function holdfast_engine_N.join_forms(
  p_tenant_id int, p_level_id int, p_reservations uuid[], p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_reservation record;
  v_part holdfast.allocations;
  v_changes jsonb := '[{"what": "form", "from": "in both", "to": "in their table"}]';
  v_corrections jsonb := '[]';
begin
  for v_reservation in
    select r.reservation_id from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id = any (p_reservations)
      and r.quantity is not null and r.level_id is not distinct from p_level_id
      and exists (select from holdfast.allocations a
        where a.tenant_id = p_tenant_id and a.reservation_id = r.reservation_id)
      and not exists (select from holdfast.allocations a
        where a.tenant_id = p_tenant_id and a.reservation_id = r.reservation_id
          and a.line_no = 1 and a.part_no = 0)
    order by r.reservation_id
  loop
    perform holdfast_engine_N.move_out_of_row(p_tenant_id, v_reservation.reservation_id);
    select a.* into strict v_part from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.reservation_id = v_reservation.reservation_id
      and a.line_no = 1 and a.part_no = 0;
    perform holdfast_engine_N.record_correction(p_tenant_id, p_level_id,
      case when p_level_id is not null
        then holdfast_engine_N.last_movement(p_tenant_id, p_level_id) end,
      '{}', v_part, holdfast_engine_N.changes_in_words(v_changes), p_request);
    v_corrections := v_corrections || holdfast_engine_N.correction('form', 'one_form', v_changes,
      p_level_id, v_reservation.reservation_id, 1, 0);
  end loop;
  return v_corrections;
end $$;
