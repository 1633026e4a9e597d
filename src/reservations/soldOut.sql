-- One unlocked look at levels that were just refused, for all callers who wait for them: true at a
-- moment within their calls, no lock, no WAL. What is overdue counts as free.
-- p_request: {"levels": {level id: the most that one cart asks of it}, "keys": [idempotency keys]}.
-- answer: {"levels": [{level_id, free: units in stock (available) and those that may be backordered
-- (careful: where they count), and where that is less: version, next_expires_at, …}], "keys": [the
-- keys that were used before]}. locks: none.
create or replace function holdfast_engine_N.sold_out_view(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile
-- Few levels are asked for: the planner guessed more, and scanned all of the tenant's.
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
  select jsonb_build_object(
    'levels', coalesce((
      select jsonb_agg(jsonb_build_object('level_id', l.level_id,
        'free', greatest(0, stock.units) + rest.room)
        || case when rest.room > 0 then '{"careful": true}'::jsonb else '{}' end
        || case when greatest(0, stock.units) + rest.room >= asked.units then '{}'
          else holdfast_engine_N.short_line(p_tenant_id, 0, l.sku_id, l.location_id,
            array[l.level_id], 0, 0, clock.now) ||
          -- A function sees what has come since; the version must be that of what is free here.
          jsonb_build_object('version', l.version, 'available', greatest(0, stock.units)) end)
      from holdfast.levels l
      join (
        select e.key::int as level_id, e.value::bigint as units
        from jsonb_each_text(p_request -> 'levels') as e
      ) as asked on asked.level_id = l.level_id
      cross join (select holdfast.clock() as now) as clock
      cross join lateral holdfast_engine_N.overdue_at(p_tenant_id, l.level_id, clock.now) as o
      cross join lateral (
        -- What comes free fills the buffers of channels first.
        select holdfast_engine_N.sellable(l) + l.buffered - l.buffer_size + o.units + o.waiting
          as units offset 0
      ) as stock
      cross join lateral (
        select case when stock.units < asked.units then holdfast_engine_N.open_room(
          p_tenant_id, l, o.waiting, clock.now) else 0 end as room offset 0
      ) as rest
      where l.tenant_id = p_tenant_id and l.level_id = any (array(
        select k::int from jsonb_object_keys(coalesce(p_request -> 'levels', '{}')) as k
      ))
    ), '[]'),
    'keys', coalesce((
      select jsonb_agg(q.key) from holdfast.requests q
      where q.tenant_id = p_tenant_id and q.key in (
        select jsonb_array_elements_text(p_request -> 'keys'))
    ), '[]')
  )
$$;
