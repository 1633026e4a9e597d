-- The orders of a buyer that have units of a SKU which can be given back, the newest first.
-- p_request: {"buyer", "sku"}. answer: {"orders": [{"reservation_id", "open": held or committed,
-- "out": fulfilled and not returned}]}, at most 100.
-- locks: none.
create or replace function holdfast_engine_N.replay_earlier(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  with code as (
    select c.sku_id from holdfast.sku_codes c
    where c.tenant_id = p_tenant_id and c.code = normalize(p_request ->> 'sku')
  ), orders as (
    select r.reservation_id, r.created_at, sum(a.held + a.committed + a.backordered
        + a.held_backordered) as open,
      sum(a.fulfilled - a.returned) as out
    from holdfast.reservations r
    cross join lateral holdfast_engine_N.allocations_of(p_tenant_id, r.reservation_id) as a
    left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = a.level_id
    where r.tenant_id = p_tenant_id and r.buyer = p_request ->> 'buyer'
      and coalesce(l.sku_id, a.sku_id) = (select code.sku_id from code)
    group by r.reservation_id, r.created_at
    having sum(a.held + a.committed + a.backordered + a.held_backordered + a.fulfilled
      - a.returned) > 0
    order by r.created_at desc, r.reservation_id desc
    limit 100
  )
  select jsonb_build_object('orders', coalesce(jsonb_agg(jsonb_build_object(
    'reservation_id', o.reservation_id, 'open', o.open, 'out', o.out
  ) order by o.created_at desc, o.reservation_id desc), '[]'))
  from orders o
$$;
