-- One page of the ledger, by the path that its filter has chosen.
-- p_filter: from ledger_filter; p_page: from open_page. rows: at most limit + 1, in order.
-- The paths differ only in where the candidates come from; all else is the same for each.
-- locks: none.
create or replace function holdfast_engine_N.ledger_page(
  p_tenant_id int, p_filter jsonb, p_page jsonb
) returns setof holdfast.inventory_transactions
language plpgsql volatile as $$
declare
  v_descending boolean := (p_page ->> 'descending')::boolean;
  v_limit int := (p_page ->> 'limit')::int + 1;
  v_after timestamptz := (p_page -> 'after' ->> 0)::timestamptz;
  v_low timestamptz := coalesce((p_filter ->> 'from')::timestamptz, '-infinity');
  v_high timestamptz := coalesce((p_filter ->> 'to')::timestamptz, 'infinity');
  v_edge timestamptz;
  v_span interval := interval '1 second';
  v_found int;
  v_after_row jsonb := nullif(p_page -> 'after', 'null');
  v_levels int[] := array(select jsonb_array_elements_text(p_filter -> 'level_ids')::int);
  v_statement text := holdfast_engine_N.ledger_statement(p_filter ->> 'path', v_descending);
begin
  if v_after is not null and v_descending then
    v_high := least(v_high, v_after + interval '1 microsecond');
  elsif v_after is not null then
    v_low := greatest(v_low, v_after);
  end if;
  if p_filter ->> 'path' <> 'time' then
    return query execute v_statement using p_tenant_id, p_filter, v_low, v_high,
      v_after_row, v_limit, v_levels;
    return;
  end if;

  -- Nothing but time leads to these rows: look at the last second, then at eight times as much,
  -- until the page is full; the index by time reads only the blocks of that span.
  v_edge := case when v_descending then least(v_high, holdfast.clock())
    else greatest(v_low, (select t.created_at from holdfast.tenants t
      where t.tenant_id = p_tenant_id)) end;
  loop
    execute 'select count(*) from (' || v_statement || ') as t' into v_found
    using p_tenant_id, p_filter,
      case when v_descending then greatest(v_low, v_edge - v_span) else v_low end,
      case when v_descending then v_high else least(v_high, v_edge + v_span) end,
      v_after_row, v_limit, v_levels;
    exit when v_found >= v_limit or v_span > interval '100 years';
    v_span := v_span * 8;
  end loop;
  return query execute v_statement using p_tenant_id, p_filter,
    case when v_descending and v_found >= v_limit then greatest(v_low, v_edge - v_span)
      else v_low end,
    case when not v_descending and v_found >= v_limit then least(v_high, v_edge + v_span)
      else v_high end,
    v_after_row, v_limit, v_levels;
end $$;

-- The statement of a path: candidates, the filters, the order.
-- p_path text: from ledger_filter; p_descending boolean. answer: its text, with $1 tenant_id int,
-- $2 filter jsonb, $3 from, $4 before timestamptz, $5 after jsonb, $6 limit, $7 level ids.
-- A direction cannot be a parameter, so it is put into the text; nothing of a caller's is.
-- locks: none.
create or replace function holdfast_engine_N.ledger_statement(p_path text, p_descending boolean)
returns text
language sql immutable as $$
  select format(
    'with movements as (' || case p_path
      when 'level' then
        'select m.* from unnest($7) as l (level_id) cross join lateral ('
        ' select t.* from holdfast.inventory_transactions t'
        ' where t.tenant_id = $1 and t.level_id = l.level_id'
        ' and t.recorded_at >= $3 and t.recorded_at < $4'
        ' and holdfast_engine_N.movement_fits(t, $2) and %2$s'
        ' order by t.recorded_at %1$s, t.version %1$s limit $6) as m'
        ' union all (select t.* from holdfast.inventory_transactions t'
        ' where t.tenant_id = $1 and t.level_id is null and t.sku_id = ($2 ->> ''sku_id'')::int'
        ' and t.recorded_at >= $3 and t.recorded_at < $4'
        ' and (not $2 ? ''location_id'' or t.location_id = ($2 ->> ''location_id'')::int)'
        ' and holdfast_engine_N.movement_fits(t, $2) and %2$s)'
      when 'document' then
        'select t.* from holdfast.inventory_transactions t'
        ' where t.tenant_id = $1 and t.document = $2 ->> ''document'''
        ' and t.recorded_at >= $3 and t.recorded_at < $4'
      when 'time' then
        'select t.* from holdfast.inventory_transactions t'
        ' where t.tenant_id = $1 and t.recorded_at >= $3 and t.recorded_at < $4'
      else
        'select m.* from holdfast.reservations r cross join lateral ('
        ' select r.level_id where r.quantity is not null union'
        ' select a.level_id from holdfast.allocations a'
        ' where a.tenant_id = $1 and a.reservation_id = r.reservation_id'
        ') as l cross join lateral (select t.* from holdfast.inventory_transactions t'
        ' where t.tenant_id = $1 and t.level_id = l.level_id'
        ' and t.recorded_at >= greatest($3, r.created_at) and t.recorded_at < $4'
        ' and t.reservation_id = r.reservation_id'
        ' union all select t.* from holdfast.inventory_transactions t'
        ' where l.level_id is null and t.tenant_id = $1 and t.level_id is null'
        ' and t.recorded_at >= greatest($3, r.created_at) and t.recorded_at < $4'
        ' and t.reservation_id = r.reservation_id) as m where r.tenant_id = $1 and '
        || case p_path when 'order' then 'r.order_reference = $2 ->> ''order_reference'''
          else 'r.reservation_id = ($2 ->> ''reservation_id'')::uuid'
            ' and ($2 ->> ''order_reference'' is null'
            ' or r.order_reference = $2 ->> ''order_reference'')' end
      end
    || ') select t.* from movements t'
    || case when p_path = 'level' then '' else
      ' where holdfast_engine_N.movement_fits(t, $2) and %2$s'
      ' and (not ($2 -> ''places'')::boolean or t.level_id = any ($7) or (t.level_id is null'
      ' and (not $2 ? ''sku_id'' or t.sku_id = ($2 ->> ''sku_id'')::int)'
      ' and (not $2 ? ''location_id'' or t.location_id = ($2 ->> ''location_id'')::int)))' end
    || ' order by t.recorded_at %1$s, coalesce(t.level_id, 0) %1$s, coalesce(t.version, 0) %1$s,'
    ' coalesce(t.reservation_id, ''00000000-0000-0000-0000-000000000000'') %1$s,'
    ' coalesce(t.line_no, 0) %1$s, coalesce(t.part_no, 0) %1$s, t.kind %1$s limit $6',
    case when p_descending then 'desc' else 'asc' end,
    '($5 is null or (t.recorded_at, coalesce(t.level_id, 0), coalesce(t.version, 0),'
    ' coalesce(t.reservation_id, ''00000000-0000-0000-0000-000000000000''),'
    ' coalesce(t.line_no, 0), coalesce(t.part_no, 0), t.kind) '
    || case when p_descending then '<' else '>' end
    || ' (($5 ->> 0)::timestamptz, ($5 ->> 1)::int, ($5 ->> 2)::bigint, ($5 ->> 3)::uuid,'
    ' ($5 ->> 4)::int, ($5 ->> 5)::int, ($5 ->> 6)::int))'
  )
$$;

-- True when a movement passes the filters that no path needs for finding it.
-- p_movement: a row of the ledger; p_filter: from ledger_filter. answer: boolean.
-- Simple enough that the planner puts it in place.
-- locks: none.
create or replace function holdfast_engine_N.movement_fits(
  p_movement holdfast.inventory_transactions, p_filter jsonb
) returns boolean
language sql immutable as $$
  select ((p_filter ->> 'kind') is null or p_movement.kind = (p_filter ->> 'kind')::int)
    and ((p_filter ->> 'document') is null or p_movement.document = p_filter ->> 'document')
    and ((p_filter ->> 'reservation_id') is null
      or p_movement.reservation_id = (p_filter ->> 'reservation_id')::uuid)
$$;
