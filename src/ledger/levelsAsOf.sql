-- The levels as they stood at an instant: the balances of each one's last movement until then, and
-- zero before its first. Holds count until their end was written; overdue is 0 here.
-- p_request: {"at", "sku", "location", "limit", "cursor", "sort"}. answer: {"ok", "data": [level],
-- "next_cursor"}, or unknown_sku, unknown_location, invalid_request (at is before the ledger
-- begins, since months were archived). locks: none.
create or replace function holdfast_engine_N.levels_as_of(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set jit = off -- a page is read in less time than compiling takes
-- A plan made while the tables were small would scan all of the tenant's SKUs later.
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_page jsonb := holdfast_engine_N.open_page(
    p_request, array['sku', '-sku'], array['text', 'text']);
  v_place jsonb := holdfast_engine_N.place_of(p_tenant_id, p_request);
  v_at jsonb := holdfast_engine_N.instant_of(p_request, 'at');
  v_begins timestamptz := holdfast_engine_N.ledger_begins(p_tenant_id);
  v_rows jsonb;
begin
  if v_page ? 'refusal' or v_place ? 'refusal' or v_at ? 'refusal' then
    return case when v_page ? 'refusal' then v_page when v_place ? 'refusal' then v_place
      else v_at end;
  end if;
  if v_at ->> 'at' is null then
    return holdfast_engine_N.refuse('invalid_request', 'at must be an instant.',
      '{"field": "at"}');
  end if;
  if (v_at ->> 'at')::timestamptz < v_begins then
    return holdfast_engine_N.refuse('invalid_request',
      'at must not be before the ledger begins; older months were archived.',
      jsonb_build_object('field', 'at', 'ledger_begins', v_begins));
  end if;
  execute format($statement$
    with listed as (
      select l.level_id, s.code as sku, p.code as location
      from holdfast.levels l
      join holdfast.skus s on s.tenant_id = $1 and s.sku_id = l.sku_id
      join holdfast.locations p on p.tenant_id = $1 and p.location_id = l.location_id
      where l.tenant_id = $1
        and ($2 is null or l.sku_id = $2) and ($3 is null or l.location_id = $3)
        and ($4 is null or (s.code, p.code) %2$s ($4, $5))
      order by s.code %1$s, p.code %1$s
      limit $6 + 1
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'row', holdfast_engine_N.level_row(l.sku, l.location, coalesce(m.held, 0),
        coalesce(m.committed, 0), coalesce(m.on_hand, 0), coalesce(m.damaged, 0),
        coalesce(m.quality_control, 0), coalesce(m.set_aside, 0), coalesce(m.backordered, 0),
        coalesce(m.shortage, 0), 0, 0, 0, coalesce(m.version, 0), m.recorded_at, $7)
        - array['sellable', 'safety_stock'],
      'at', jsonb_build_array(l.sku, l.location)) order by l.sku %1$s, l.location %1$s), '[]')
    from listed l
    left join lateral (
      (
        select t.version, t.recorded_at, t.on_hand, t.held, t.committed, t.damaged,
          t.quality_control, t.set_aside, t.backordered, t.shortage
        from holdfast.inventory_transactions t
        where t.tenant_id = $1 and t.level_id = l.level_id and t.recorded_at <= $7
        order by t.recorded_at desc, t.version desc limit 1
      )
      union all
      select k.version, k.recorded_at, k.on_hand, k.held, k.committed, k.damaged,
        k.quality_control, k.set_aside, k.backordered, k.shortage
      from holdfast.ledger_checkpoints k
      where k.tenant_id = $1 and k.level_id = l.level_id
      order by 1 desc limit 1
    ) as m on true
    $statement$,
    case when (v_page ->> 'descending')::boolean then 'desc' else 'asc' end,
    case when (v_page ->> 'descending')::boolean then '<' else '>' end
  )
  into v_rows
  using p_tenant_id, (v_place ->> 'sku_id')::int, (v_place ->> 'location_id')::int,
    v_page -> 'after' ->> 0, v_page -> 'after' ->> 1, (v_page ->> 'limit')::int,
    (v_at ->> 'at')::timestamptz;
  return holdfast_engine_N.close_page(v_rows, v_page);
end $$;
