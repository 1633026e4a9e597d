-- Names a shortage: which units are missing, and the newest promises that they may break. Writes
-- the event that tells of it.
-- p_level_id int: a locked level with a shortage. answer: {"sku", "location", "missing", "newest":
-- [{reservation_id, order_reference, held, committed}], "version"}, newest first, at most 20.
-- locks: none.
create or replace function holdfast_engine_N.name_shortage(
  p_tenant_id int, p_level_id int, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_shortage jsonb;
begin
  select jsonb_build_object('sku', s.code, 'location', p.code, 'missing', l.shortage,
    'version', l.version, 'newest', coalesce((
      select jsonb_agg(jsonb_build_object('reservation_id', n.reservation_id,
        'order_reference', n.order_reference, 'held', n.held, 'committed', n.committed)
        order by n.created_at desc, n.reservation_id)
      from (
        select promised.*, r.created_at, r.order_reference
        from (
          (select o.reservation_id, o.held, o.committed from holdfast.reservations o
            where o.tenant_id = p_tenant_id and o.level_id = p_level_id and o.committed > 0)
          union
          (select o.reservation_id, o.held, o.committed from holdfast.reservations o
            where o.tenant_id = p_tenant_id and o.level_id = p_level_id and o.held > 0)
          union
          (select a.reservation_id, a.held, a.committed from holdfast.allocations a
            where a.tenant_id = p_tenant_id and a.level_id = p_level_id and a.committed > 0)
          union
          (select a.reservation_id, a.held, a.committed from holdfast.allocations a
            where a.tenant_id = p_tenant_id and a.level_id = p_level_id and a.held > 0)
        ) as promised
        join holdfast.reservations r
          on r.tenant_id = p_tenant_id and r.reservation_id = promised.reservation_id
        order by r.created_at desc, promised.reservation_id limit 20
      ) as n), '[]'))
  into v_shortage
  from holdfast.levels l
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;

  insert into holdfast.events (tenant_id, event_id, type, level_id, data, recorded_at)
  values (p_tenant_id, holdfast.uuid_v7(), 'level.shortage', p_level_id, v_shortage, p_now);
  return v_shortage;
end $$;
