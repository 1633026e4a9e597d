-- Lists reservations by their id, which grows with time: newest first, or oldest first.
-- p_request: {"state": held, committed, expired or closed, "sku", "location", "order_reference",
-- "buyer", "tag", "overdue": true, "limit", "cursor", "sort"}. answer: {"ok", "data",
-- "next_cursor"}, or unknown_sku, unknown_location, invalid_request. locks: none.
create or replace function holdfast_engine_N.list_reservations(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set jit = off -- a page is read in less time than compiling takes
-- A plan made while the tables were small would scan all of the tenant's SKUs later.
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_page jsonb := holdfast_engine_N.open_page(
    p_request, array['-created_at', 'created_at'], array['uuid']);
  v_place jsonb := holdfast_engine_N.place_of(p_tenant_id, p_request);
  v_now timestamptz := holdfast.clock();
  v_overdue boolean := coalesce(p_request -> 'overdue' = 'true', false);
  v_candidates uuid[];
  v_rows jsonb;
begin
  if v_page ? 'refusal' then
    return v_page;
  end if;
  if v_place ? 'refusal' then
    return v_place;
  end if;
  if not coalesce(p_request ->> 'state' in ('held', 'committed', 'expired', 'closed'), true) then
    return holdfast_engine_N.refuse('invalid_request',
      'state must be held, committed, expired or closed.', '{"field": "state"}');
  end if;
  v_candidates := holdfast_engine_N.reservations_found(
    p_tenant_id, p_request, v_place, v_overdue, v_now);

  execute format($statement$
    select coalesce(jsonb_agg(jsonb_build_object('row', f.shown,
      'at', jsonb_build_array(f.reservation_id)) order by f.reservation_id %1$s), '[]')
    from (
      select r.reservation_id, shown
      from holdfast.reservations r
      cross join lateral holdfast_engine_N.reservation_row(r, $2) as shown
      where r.tenant_id = $1 and %3$s
        and ($4 is null or r.reservation_id %2$s $4)
        and ($5 ->> 'order_reference' is null
          or r.order_reference = $5 ->> 'order_reference')
        and ($5 ->> 'buyer' is null or r.buyer = $5 ->> 'buyer')
        and ($5 ->> 'tag' is null or $5 ->> 'tag' = any (r.tags))
        and ($5 ->> 'state' is null or shown ->> 'state' = $5 ->> 'state')
        and ($8 is null or exists (
          select from holdfast_engine_N.effective_allocations(r, $2) as a
          left join holdfast.levels l on l.tenant_id = $1 and l.level_id = a.level_id
          where (not $8 ? 'sku_id' or coalesce(l.sku_id, a.sku_id) = ($8 ->> 'sku_id')::int
              or a.sold_as = ($8 ->> 'sku_id')::int)
            and (not $8 ? 'location_id'
              or coalesce(l.location_id, a.location_id) = ($8 ->> 'location_id')::int)))
        and (not $6 or (r.expires_at <= $2 and (r.held > 0 or r.held_backordered > 0 or exists (
          select from holdfast.allocations o where o.tenant_id = $1
            and o.reservation_id = r.reservation_id
            and (o.held > 0 or o.held_backordered > 0)))))
      order by r.reservation_id %1$s
      limit $7 + 1
    ) as f
    $statement$,
    case when (v_page ->> 'descending')::boolean then 'desc' else 'asc' end,
    case when (v_page ->> 'descending')::boolean then '<' else '>' end,
    case when v_candidates is null then '$3 is null' else 'r.reservation_id = any ($3)' end
  )
  into v_rows
  using p_tenant_id, v_now, v_candidates,
    holdfast_engine_N.uuid_of(v_page -> 'after' -> 0), p_request, v_overdue,
    (v_page ->> 'limit')::int, nullif(v_place, '{}');
  return holdfast_engine_N.close_page(v_rows, v_page);
end $$;

-- The ids that an index leads to: by order, by what is open, or by the ledger of a few movements.
-- p_place: from place_of. answer: the ids, or null when walking the reservations in their order
-- finds a page sooner.
-- locks: none.
create or replace function holdfast_engine_N.reservations_found(
  p_tenant_id int, p_request jsonb, p_place jsonb, p_overdue boolean, p_now timestamptz
) returns uuid[]
language plpgsql volatile as $$
declare
  v_levels int[];
  v_movements bigint;
begin
  if p_request ->> 'order_reference' is not null then
    return array(select r.reservation_id from holdfast.reservations r
      where r.tenant_id = p_tenant_id
        and r.order_reference = p_request ->> 'order_reference');
  end if;
  if p_overdue then
    return array(
      select r.reservation_id from holdfast.reservations r
      where r.tenant_id = p_tenant_id and r.held > 0 and r.expires_at <= p_now
      union
      select a.reservation_id from holdfast.allocations a
      where a.tenant_id = p_tenant_id and a.held > 0 and a.expires_at <= p_now
      union
      select b.reservation_id from holdfast.backorders b
      where b.tenant_id = p_tenant_id and b.held_backordered > 0 and b.expires_at <= p_now);
  end if;
  if p_request ->> 'state' = 'held' then
    return array(
      select r.reservation_id from holdfast.reservations r
      where r.tenant_id = p_tenant_id and r.held > 0
      union
      select a.reservation_id from holdfast.allocations a
      where a.tenant_id = p_tenant_id and a.held > 0
      union
      select b.reservation_id from holdfast.backorders b
      where b.tenant_id = p_tenant_id and b.held_backordered > 0);
  end if;
  if p_request ->> 'state' = 'committed' then
    return array(
      select r.reservation_id from holdfast.reservations r
      where r.tenant_id = p_tenant_id and r.committed > 0
      union
      select a.reservation_id from holdfast.allocations a
      where a.tenant_id = p_tenant_id and a.committed > 0
      union
      select b.reservation_id from holdfast.backorders b
      where b.tenant_id = p_tenant_id and b.backordered > 0);
  end if;
  if not p_place ? 'sku_id' then
    return null;
  end if;
  select array_agg(l.level_id), sum(l.version) into v_levels, v_movements
  from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.sku_id = (p_place ->> 'sku_id')::int
    and (not p_place ? 'location_id' or l.location_id = (p_place ->> 'location_id')::int);
  -- 20,000 movements are read in the time in which a walk would pass as many reservations.
  if v_movements > 20000 then
    return null;
  end if;
  return array(
    select distinct t.reservation_id from holdfast.inventory_transactions t
    where t.tenant_id = p_tenant_id and t.reservation_id is not null
      and t.level_id = any (v_levels)
    union
    select t.reservation_id from holdfast.inventory_transactions t
    where t.tenant_id = p_tenant_id and t.reservation_id is not null
      and t.level_id is null and t.sku_id = (p_place ->> 'sku_id')::int
    union
    select a.reservation_id from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.sold_as = (p_place ->> 'sku_id')::int);
end $$;
