-- Archives a month of the ledger, in three steps of the owner: detach_month writes the checkpoints
-- and takes the month out of the ledger in one transaction; archived_page reads it, while nothing
-- of it can change any more; forget_month drops it, once its file was read again and found whole.

-- The months that can be archived, the oldest first: those before a month that ended a day ago at
-- least, and those that an earlier run has detached but not finished.
-- p_before date: the first of a month. rows: month as 2026-01, whether it is detached, its bytes.
-- locks: none.
create or replace function holdfast_engine_N.archivable_months(p_before date)
returns table (month text, detached boolean, bytes bigint)
language sql volatile as $$
  select to_char(m.month, 'YYYY-MM'), c.relnamespace <> 'holdfast'::regnamespace,
    pg_catalog.pg_total_relation_size(c.oid)
  from pg_catalog.pg_class c
  cross join lateral (
    select to_date(right(c.relname, 7), 'YYYY_MM') as month
    where c.relname ~ '^inventory_transactions_\d{4}_\d\d$'
  ) as m
  where c.relkind = 'r' and m.month < p_before
    and (c.relnamespace = 'holdfast_archive'::regnamespace
      or (c.relnamespace = 'holdfast'::regnamespace
        and m.month + interval '1 month 1 day' <= holdfast.clock() at time zone 'UTC'))
  order by m.month
$$;

-- Writes the checkpoints of all tenants for a month, then takes the month out of the ledger.
-- p_month date: the oldest that the ledger has; p_dry_run: all but taking it out. answer: what it
-- has; fault: why not, and then the caller rolls back: {"code": "busy", or "ledger_wrong" with the
-- level whose balances are not the sum of its changes}. locks: the month, in SHARE (whoever still
-- writes into it is waited for); the ledger, in ACCESS EXCLUSIVE, for the moment of the detaching.
create or replace function holdfast_engine_N.detach_month(
  p_month date, p_dry_run boolean,
  out movements bigint, out levels bigint, out promises bigint, out tenants int, out fault jsonb
)
language plpgsql volatile
set jit = off
as $$
declare
  v_name text := 'inventory_transactions_' || to_char(p_month, 'YYYY_MM');
  v_until timestamptz := (p_month + interval '1 month') at time zone 'UTC';
  v_tenant_id int;
  v_done jsonb;
begin
  movements := 0; levels := 0; promises := 0; tenants := 0;
  execute format('lock table holdfast.%I in share mode', v_name);
  perform set_config('holdfast.operator', 'on', true);
  for v_tenant_id in select t.tenant_id from holdfast.tenants t order by t.tenant_id loop
    v_done := holdfast_engine_N.checkpoint_tenant(v_tenant_id, v_name, p_month, v_until);
    if v_done ? 'fault' then
      fault := v_done -> 'fault';
      return;
    end if;
    movements := movements + (v_done ->> 'movements')::bigint;
    levels := levels + (v_done ->> 'levels')::bigint;
    promises := promises + (v_done ->> 'promises')::bigint;
    tenants := tenants + (v_done ->> 'movements' <> '0')::int;
  end loop;
  if p_dry_run then
    return;
  end if;

  -- Everybody queues behind who waits for this lock, so nobody waits long: a moment, then again.
  perform set_config('lock_timeout', '100ms', true);
  for v_attempt in 1..100 loop
    begin
      execute format(
        'alter table holdfast.inventory_transactions detach partition holdfast.%I', v_name);
      execute format('alter table holdfast.%I set schema holdfast_archive', v_name);
      execute format(
        'revoke all on holdfast_archive.%I from holdfast_app, holdfast_read', v_name);
      return;
    exception when lock_not_available then
      perform pg_catalog.pg_sleep(0.2);
    end;
  end loop;
  fault := '{"code": "busy"}';
end $$;

-- Writes one tenant's checkpoints for a month: each level's balances after its last movement, if
-- they are the checkpoint before plus all changes, and what the open promises add up to.
-- p_table text: of the month. answer: {"movements", "levels", "promises"}, or {"fault"}.
-- A tenant without a movement in the month keeps what it has.
-- locks: the tenant's checkpoints, which only the owner writes.
create or replace function holdfast_engine_N.checkpoint_tenant(
  p_tenant_id int, p_table text, p_month date, p_until timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_movements bigint;
  v_levels bigint;
  v_promises bigint;
  v_fault jsonb;
begin
  perform set_config('holdfast.tenant', p_tenant_id::text, true);
  execute format('select count(*) from holdfast.%I t where t.tenant_id = $1', p_table)
    into v_movements using p_tenant_id;
  if v_movements = 0 then
    return '{"movements": 0, "levels": 0, "promises": 0}';
  end if;

  execute format($statement$
    with moved as (
      select t.level_id, count(*) as movements, max(t.version) as version,
        array[sum(coalesce(t.on_hand_change, 0)), sum(coalesce(t.held_change, 0)),
          sum(coalesce(t.committed_change, 0)), sum(coalesce(t.backordered_change, 0)),
          sum(coalesce(t.damaged_change, 0)), sum(coalesce(t.quality_control_change, 0)),
          sum(coalesce(t.set_aside_change, 0)),
          sum(coalesce(t.held_backordered_change, 0))] as changes
      from holdfast.%1$I t
      where t.tenant_id = $1 and t.level_id is not null
      group by t.level_id
    ), closing as (
      select distinct on (t.level_id) t.level_id, t.version, t.recorded_at, t.on_hand, t.held,
        t.committed, coalesce(t.backordered, 0) as backordered, coalesce(t.damaged, 0) as damaged,
        coalesce(t.quality_control, 0) as quality_control,
        coalesce(t.set_aside, 0) as set_aside, coalesce(t.shortage, 0) as shortage,
        coalesce(t.held_backordered, 0) as held_backordered
      from holdfast.%1$I t
      where t.tenant_id = $1 and t.level_id is not null
      order by t.level_id, t.version desc nulls first
    ), checked as (
      select c.*, c.version = coalesce(k.version, 0) + m.movements
        and array[c.on_hand, c.held, c.committed, c.backordered, c.damaged, c.quality_control,
          c.set_aside, c.held_backordered]::numeric[] = array[coalesce(k.on_hand, 0) + m.changes[1],
          coalesce(k.held, 0) + m.changes[2], coalesce(k.committed, 0) + m.changes[3],
          coalesce(k.backordered, 0) + m.changes[4], coalesce(k.damaged, 0) + m.changes[5],
          coalesce(k.quality_control, 0) + m.changes[6], coalesce(k.set_aside, 0) + m.changes[7],
          coalesce(k.held_backordered, 0) + m.changes[8]]
        as right
      from closing c
      join moved m on m.level_id = c.level_id
      left join holdfast.ledger_checkpoints k
        on k.tenant_id = $1 and k.level_id = c.level_id
    ), written as (
      insert into holdfast.ledger_checkpoints as k (
        tenant_id, level_id, version, recorded_at, on_hand, held, committed, backordered, damaged,
        quality_control, set_aside, shortage, held_backordered
      )
      select $1, c.level_id, c.version, c.recorded_at, c.on_hand, c.held, c.committed,
        c.backordered, c.damaged, c.quality_control, c.set_aside, c.shortage, c.held_backordered
      from checked c where c.right
      on conflict (tenant_id, level_id) do update set
        version = excluded.version, recorded_at = excluded.recorded_at,
        on_hand = excluded.on_hand, held = excluded.held, committed = excluded.committed,
        backordered = excluded.backordered, damaged = excluded.damaged,
        quality_control = excluded.quality_control, set_aside = excluded.set_aside,
        shortage = excluded.shortage, held_backordered = excluded.held_backordered
    )
    select count(*), (select jsonb_build_object('code', 'ledger_wrong', 'tenant_id', $1,
        'level_id', w.level_id, 'version', w.version)
      from checked w where w.right is not true order by w.level_id limit 1)
    from checked
    $statement$, p_table) into v_levels, v_fault using p_tenant_id;
  if v_fault is not null then
    return jsonb_build_object('fault', v_fault);
  end if;
  v_promises := holdfast_engine_N.checkpoint_promises(p_tenant_id, p_table);
  insert into holdfast.ledger_archives (
    tenant_id, month, archived_until, movements, checkpoint_sum, detached_at
  )
  select p_tenant_id, p_month, p_until, v_movements,
    coalesce((select sum(holdfast_engine_N.level_checksum(k))
      from holdfast.ledger_checkpoints k where k.tenant_id = p_tenant_id), 0)
    + coalesce((select sum(holdfast_engine_N.promise_checksum(k))
      from holdfast.promise_checkpoints k where k.tenant_id = p_tenant_id), 0),
    holdfast.clock();
  return jsonb_build_object('movements', v_movements, 'levels', v_levels, 'promises', v_promises);
end $$;

-- Adds a month's movements of promises to their checkpoints, and keeps those that are open.
-- p_table text: of the month. answer: how many were written.
-- What the sums mean is what promise_faults and life_faults compare them with.
-- locks: the tenant's checkpoints, which only the owner writes.
create or replace function holdfast_engine_N.checkpoint_promises(p_tenant_id int, p_table text)
returns bigint
language plpgsql volatile as $$
declare
  v_written bigint;
begin
  execute format($statement$
    with moved as (
      select coalesce(t.level_id, 0) as level_id, t.reservation_id, t.line_no, t.part_no,
        coalesce(sum(t.held_change), 0)::bigint as held,
        coalesce(sum(t.committed_change), 0)::bigint as committed,
        coalesce(sum(t.backordered_change), 0)::bigint as backordered,
        coalesce(sum(t.held_backordered_change), 0)::bigint as held_backordered,
        coalesce(-sum(t.committed_change) filter (where t.kind = 4), 0)::bigint as fulfilled,
        coalesce(-sum(c.units) filter (where t.kind = 5 or (t.kind = 2 and c.units < 0)), 0)::bigint
          as released,
        coalesce(-sum(c.units) filter (where t.kind in (3, 6)), 0)::bigint as expired,
        coalesce(sum(t.on_hand_change) filter (where t.kind = 7), 0)::bigint as returned
      from holdfast.%I t
      cross join lateral (select coalesce(t.held_change, 0) + coalesce(t.committed_change, 0)
        + coalesce(t.backordered_change, 0) + coalesce(t.held_backordered_change, 0) as units) as c
      where t.tenant_id = $1 and t.reservation_id is not null
      group by t.level_id, t.reservation_id, t.line_no, t.part_no
    ), summed as (
      select m.level_id, m.reservation_id, m.line_no, m.part_no,
        m.held + coalesce(k.held, 0) as held, m.committed + coalesce(k.committed, 0) as committed,
        m.backordered + coalesce(k.backordered, 0) as backordered,
        m.held_backordered + coalesce(k.held_backordered, 0) as held_backordered,
        m.fulfilled + coalesce(k.fulfilled, 0) as fulfilled,
        m.released + coalesce(k.released, 0) as released,
        m.expired + coalesce(k.expired, 0) as expired,
        m.returned + coalesce(k.returned, 0) as returned
      from moved m
      left join holdfast.promise_checkpoints k on k.tenant_id = $1 and k.level_id = m.level_id
        and k.reservation_id = m.reservation_id and k.line_no = m.line_no
        and k.part_no = m.part_no
    ), closed as (
      delete from holdfast.promise_checkpoints k using summed s
      where k.tenant_id = $1 and k.level_id = s.level_id and k.reservation_id = s.reservation_id
        and k.line_no = s.line_no and k.part_no = s.part_no and s.held = 0 and s.committed = 0
        and s.backordered = 0 and s.held_backordered = 0
    )
    insert into holdfast.promise_checkpoints as k (
      tenant_id, level_id, reservation_id, line_no, part_no, held, committed, fulfilled, released,
      expired, returned, backordered, held_backordered
    )
    select $1, s.level_id, s.reservation_id, s.line_no, s.part_no, s.held, s.committed,
      s.fulfilled, s.released, s.expired, s.returned, s.backordered, s.held_backordered
    from summed s
    where s.held <> 0 or s.committed <> 0 or s.backordered <> 0 or s.held_backordered <> 0
    on conflict (tenant_id, level_id, reservation_id, line_no, part_no) do update set
      held = excluded.held, committed = excluded.committed, fulfilled = excluded.fulfilled,
      released = excluded.released, expired = excluded.expired, returned = excluded.returned,
      backordered = excluded.backordered, held_backordered = excluded.held_backordered
    $statement$, p_table) using p_tenant_id;
  get diagnostics v_written = row_count;
  return v_written;
end $$;

-- Reads a page of one tenant's movements of a detached month: level by level, each in its order,
-- then those of untracked SKUs.
-- p_after jsonb: null, or from the page before. answer: lines of JSON with the codes that the ids
-- have today; their count and checksum, to be found again in the file; after: null at the end.
-- locks: none.
create or replace function holdfast_engine_N.archived_page(
  p_month date, p_tenant_id int, p_after jsonb, p_limit int,
  out lines text, out movements int, out checksum numeric, out after jsonb
)
language plpgsql volatile
set timezone = 'UTC' set enable_seqscan = off set jit = off
as $$
declare
  v_tracked boolean := p_after is null or p_after ? 'level_id';
  v_table text := format('holdfast_archive.%I',
    'inventory_transactions_' || to_char(p_month, 'YYYY_MM'));
begin
  perform set_config('holdfast.tenant', p_tenant_id::text, true);
  perform set_config('holdfast.operator', 'on', true);
  execute format($statement$
    with page as (
      select t.*, t.ctid as place from %1$s t
      where t.tenant_id = $1 and %2$s
      order by %3$s limit $3
    ), told as (
      select row_number() over (order by %3$s) as n, t.level_id, t.recorded_at, t.version, t.place,
        json_strip_nulls(json_build_object('tenant', n.code, 'sku', s.code, 'location', p.code,
          'kind', k.name, 'movement',
          row_to_json(t)::jsonb - array['place', 'tenant_id', 'kind']))::text as line
      from page t
      join holdfast.tenants n on n.tenant_id = $1
      left join holdfast.transaction_kinds k on k.kind = t.kind
      left join holdfast.levels l on l.tenant_id = $1 and l.level_id = t.level_id
      left join holdfast.skus s
        on s.tenant_id = $1 and s.sku_id = coalesce(l.sku_id, t.sku_id)
      left join holdfast.locations p
        on p.tenant_id = $1 and p.location_id = coalesce(l.location_id, t.location_id)
    )
    select string_agg(o.line, e'\n' order by o.n), count(*),
      coalesce(sum(holdfast_engine_N.text_checksum(o.line)), 0),
      (select %4$s from told z order by z.n desc limit 1)
    from told o
    $statement$, v_table,
    case when v_tracked then 't.level_id is not null and ($2 is null or '
      '(t.level_id, t.recorded_at, t.version) > (($2 ->> ''level_id'')::int, '
      '($2 ->> ''recorded_at'')::timestamptz, ($2 ->> ''version'')::bigint))'
    else 't.level_id is null and ($2 ->> ''recorded_at'' is null or (t.recorded_at, t.ctid) > '
      '(($2 ->> ''recorded_at'')::timestamptz, ($2 ->> ''place'')::tid))' end,
    case when v_tracked then 't.level_id, t.recorded_at, t.version'
    else 't.recorded_at, place' end,
    case when v_tracked then 'jsonb_build_object(''level_id'', z.level_id, ''recorded_at'', '
      'z.recorded_at, ''version'', z.version)'
    else 'jsonb_build_object(''recorded_at'', z.recorded_at, ''place'', z.place::text)' end)
  into lines, movements, checksum, after using p_tenant_id, p_after, p_limit;
  if movements < p_limit then
    after := case when v_tracked then '{"recorded_at": null}'::jsonb end;
  end if;
end $$;

-- Whose movements a detached month has.
-- p_month date. rows: the tenants by id, with how many movements they had when it was detached.
-- Answered tenant by tenant, since the walls bind the owner too.
-- locks: none.
create or replace function holdfast_engine_N.archived_tenants(p_month date)
returns table (tenant_id int, movements bigint)
language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_tenant_id int;
begin
  perform set_config('holdfast.operator', 'on', true);
  for v_tenant_id in select t.tenant_id from holdfast.tenants t order by t.tenant_id loop
    perform set_config('holdfast.tenant', v_tenant_id::text, true);
    return query select a.tenant_id, a.movements from holdfast.ledger_archives a
      where a.tenant_id = v_tenant_id and a.month = p_month;
  end loop;
end $$;

-- Drops a detached month, if all that it has was written to the file.
-- p_movements bigint: found in the file; p_file_name, p_sha256 text (hex): of the file. answer: how
-- many movements the month has; where that is another number nothing was dropped.
-- locks: the detached month, in ACCESS EXCLUSIVE.
create or replace function holdfast_engine_N.forget_month(
  p_month date, p_movements bigint, p_file_name text, p_sha256 text
) returns bigint
language plpgsql volatile as $$
declare
  v_name text := 'inventory_transactions_' || to_char(p_month, 'YYYY_MM');
  v_counted bigint;
  v_tenant_id int;
begin
  -- Counted without the wall between tenants, so that no row is overlooked.
  execute format('alter table holdfast_archive.%I no force row level security', v_name);
  execute format('select count(*) from holdfast_archive.%I', v_name) into v_counted;
  if v_counted <> p_movements then
    return v_counted;
  end if;
  perform set_config('holdfast.operator', 'on', true);
  for v_tenant_id in select t.tenant_id from holdfast.tenants t loop
    perform set_config('holdfast.tenant', v_tenant_id::text, true);
    update holdfast.ledger_archives a
    set file_name = p_file_name, file_sha256 = decode(p_sha256, 'hex')
    where a.tenant_id = v_tenant_id and a.month = p_month;
  end loop;
  execute format('drop table holdfast_archive.%I', v_name);
  return v_counted;
end $$;
