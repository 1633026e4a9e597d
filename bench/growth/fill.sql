-- A year of trade, written as the engine would have written it: the same rows with the same
-- versions, balances and times, in the order of time, so that heap and indexes look as they would.
-- Every level goes through the same ten movements, again and again (pass = 10 × cycle + step):
--   1 receive, or fulfill d of the cycle before    6 fulfill a
--   2 reserve a        3 reserve b                 7 reserve c: a cart over two levels, 2 of each
--   4 commit a         5 release b                 8 expire c
--                                                  9 reserve d   10 release d; commit it at each
--                                                                   tenth level
-- so that what a level has after a pass is known without looking at it.

create schema fill;

-- Which level belongs to whom: SKU, level and code have the same number. Tenant 1 has half of all.
create table fill.levels (n int primary key, tenant_id int not null, location_id int not null);

-- The moment of a level's movement in a pass: within the pass's span, each level at its own time.
create function fill.moment(p_pass int, p_n int, p_start timestamptz, p_span_us bigint)
returns timestamptz language sql immutable as $$
  select p_start + make_interval(secs => (p_pass - 1
    + (hashint4(p_n # (p_pass * 7919))::bigint & 2147483647) / 2147483648::float8)
    * (p_span_us / 1e6::float8))
$$;

-- The id of a reservation: of version 7, with the moment that it was made at.
create function fill.id(p_n int, p_cycle int, p_life text, p_at timestamptz) returns uuid
language sql immutable as $$
  select (lpad(to_hex((extract(epoch from p_at) * 1000)::bigint), 12, '0') || '7'
    || substr(m.md5, 1, 3) || '8' || substr(m.md5, 4, 15))::uuid
  from (select md5(p_n || p_life || p_cycle) as md5) as m
$$;

-- Tenants, locations, SKUs and their codes, and what tells which level is whose.
create procedure fill.names(p_levels int, p_tenants int, p_start timestamptz)
language plpgsql as $$
declare
  v_half int := p_levels / 4 * 2;
  v_block int := (p_levels - v_half) / greatest(1, p_tenants - 1) / 2 * 2;
begin
  insert into holdfast.tenants (code, name, created_at)
  select 'grown-' || n, 'Grown ' || n, p_start from generate_series(2, p_tenants) as n;
  insert into holdfast.locations (tenant_id, code, name, created_at)
  select t.tenant_id, 'berlin', 'Berlin', p_start from holdfast.tenants t order by t.tenant_id;
  insert into fill.levels (n, tenant_id, location_id)
  select n, t.tenant_id, p.location_id
  from generate_series(1, v_half + (p_tenants - 1) * v_block) as n
  join (
    select t.tenant_id, row_number() over (order by t.tenant_id) as place from holdfast.tenants t
  ) as t on t.place = case when n <= v_half then 1 else 2 + (n - v_half - 1) / v_block end
  join holdfast.locations p on p.tenant_id = t.tenant_id;
  insert into holdfast.skus (tenant_id, sku_id, code, created_at)
  select l.tenant_id, l.n, 'G' || l.n, p_start from fill.levels l order by l.n;
  insert into holdfast.sku_codes (tenant_id, code, sku_id, kind, created_at)
  select l.tenant_id, 'G' || l.n, l.n, 'own', p_start from fill.levels l order by l.n;
  perform setval(pg_get_serial_sequence('holdfast.skus', 'sku_id'), max(n)),
    setval(pg_get_serial_sequence('holdfast.levels', 'level_id'), max(n)) from fill.levels;
  analyze fill.levels;
end $$;

-- One pass: a movement of every level, and the reservations that were opened in it.
create procedure fill.pass(
  p_pass int, p_passes int, p_start timestamptz, p_span_us bigint, p_received bigint
)
language plpgsql as $$
declare
  v_cycle int := (p_pass - 1) / 10;
  v_step int := (p_pass - 1) % 10 + 1;
  v_last boolean := v_cycle = (p_passes - 1) / 10;
  v_life text := (array['d', 'a', 'b', 'a', 'b', 'a', 'c', 'c', 'd', 'd'])[v_step];
  v_opened int := case v_step when 1 then p_pass - 2 -- the pass in which the reservation was opened
    when 4 then p_pass - 2 when 5 then p_pass - 2 when 6 then p_pass - 4 when 8 then p_pass - 1
    when 10 then p_pass - 1 else p_pass end;
  v_of int := case when v_step = 1 then v_cycle - 1 else v_cycle end;
begin
  insert into holdfast.inventory_transactions (
    tenant_id, level_id, version, recorded_at, on_hand_change, held_change, committed_change,
    on_hand, held, committed, reservation_id, kind, line_no, part_no, document
  )
  select l.tenant_id, l.n, p_pass, m.at,
    case v_step when 1 then case when v_cycle = 0 then p_received when l.tenth then -1 else 1 end
      when 6 then -1 end,
    nullif((array[0, 1, 1, -1, -1, 0, 2, -2, 1, -1])[v_step], 0),
    nullif(case v_step when 1 then case when v_cycle > 0 and l.tenth then -1 else 0 end
      when 4 then 1 when 6 then -1 when 10 then l.tenth::int else 0 end, 0),
    p_received - case when l.tenth then 2 * v_cycle else 0 end - (v_step >= 6)::int,
    (array[0, 1, 2, 1, 0, 0, 2, 0, 1, 0])[v_step],
    (v_step in (4, 5))::int + (v_step = 10 and l.tenth)::int,
    case when l.promised then fill.id(
      case when v_life = 'c' then l.n - (l.n - 1) % 2 else l.n end, v_of, v_life,
      fill.moment(v_opened, case when v_life = 'c' then l.n - (l.n - 1) % 2 else l.n end, p_start,
        p_span_us)) end,
    case v_step when 1 then case when l.promised then 4 else 12 end
      when 4 then 3 when 5 then 5 when 6 then 4 when 8 then 6
      when 10 then case when l.tenth then 3 else 5 end else 1 end,
    case when l.promised then case when v_life = 'c' then 1 + (l.n - 1) % 2 else 1 end end,
    case when l.promised then 0 end,
    case when v_step = 1 and not l.promised then 'PO-' || l.n % 1000 end
  from (
    select f.*, f.n % 10 = 0 as tenth,
      v_step > 1 or (v_cycle > 0 and f.n % 10 = 0) as promised
    from fill.levels f
  ) as l
  cross join lateral (select greatest(
    fill.moment(p_pass, l.n, p_start, p_span_us),
    -- both lines of a cart are written in one call, after its row
    case when v_step = 7 then fill.moment(p_pass, l.n - (l.n - 1) % 2, p_start, p_span_us) end
  ) as at) as m
  order by m.at;

  if v_step in (2, 3, 9) then
    insert into holdfast.reservations (
      tenant_id, level_id, reservation_id, created_at, expires_at, quantity, held, committed,
      backordered, held_backordered, fulfilled, released, expired, returned, order_reference
    )
    select l.tenant_id, l.n, fill.id(l.n, v_cycle, v_life, m.at),
      date_trunc('milliseconds', m.at), date_trunc('milliseconds', m.at) + interval '30 minutes',
      1, 0, (l.committed and v_last)::int, 0, 0, (v_life = 'a' or (l.committed and not v_last))::int,
      (v_life = 'b' or (v_life = 'd' and not l.committed))::int, 0, 0,
      case when v_life = 'a' or l.committed then '#' || l.n || v_life || v_cycle end
    from (select f.*, v_life = 'd' and f.n % 10 = 0 as committed from fill.levels f) as l
    cross join lateral (select fill.moment(p_pass, l.n, p_start, p_span_us) as at) as m
    order by m.at;
  elsif v_step = 7 then
    insert into holdfast.reservations (tenant_id, reservation_id, created_at, expires_at, lines)
    select l.tenant_id, fill.id(l.n, v_cycle, v_life, m.at), date_trunc('milliseconds', m.at),
      date_trunc('milliseconds', m.at) + interval '30 minutes', 2
    from fill.levels l
    cross join lateral (select fill.moment(p_pass, l.n, p_start, p_span_us) as at) as m
    where l.n % 2 = 1
    order by m.at;
    insert into holdfast.allocations (
      tenant_id, reservation_id, line_no, part_no, level_id, expires_at, quantity, expired
    )
    select l.tenant_id, fill.id(l.n, v_cycle, v_life, m.at), o.line, 0, l.n + o.line - 1,
      date_trunc('milliseconds', m.at) + interval '30 minutes', 2, 2
    from fill.levels l
    cross join lateral (select fill.moment(p_pass, l.n, p_start, p_span_us) as at) as m
    cross join generate_series(1, 2) as o (line)
    where l.n % 2 = 1
    order by m.at, o.line;
  end if;
end $$;

-- The levels as their last movement left them.
create procedure fill.finish(p_passes int, p_start timestamptz, p_span_us bigint, p_received bigint)
language sql as $$
  insert into holdfast.levels (
    tenant_id, level_id, sku_id, location_id, on_hand, held, committed, version, changed_at
  )
  select l.tenant_id, l.n, l.n, l.location_id,
    p_received - case when l.n % 10 = 0 then 2 * (p_passes / 10 - 1) else 0 end - 1, 0,
    (l.n % 10 = 0)::int, p_passes, fill.moment(p_passes, l.n, p_start, p_span_us)
  from fill.levels l order by l.n
$$;
