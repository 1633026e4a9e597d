-- The ledger in words, for reports and for callers who use SQL alone: one row a movement.
-- select * from holdfast.transactions where sku = 'TEE-M' order by recorded_at desc limit 20;
-- A change of zero is 0 here; an untracked SKU has no version and no balances. Rows are of the
-- tenant that the transaction has named (set local holdfast.tenant). locks: none.
create or replace view holdfast.transactions with (security_invoker = true) as
  select t.tenant_id, t.recorded_at, k.name as kind, s.code as sku, p.code as location, t.version,
    coalesce(t.on_hand_change, 0) as on_hand_change,
    coalesce(t.held_change, 0) as held_change,
    coalesce(t.committed_change, 0) as committed_change,
    coalesce(t.backordered_change, 0) as backordered_change,
    coalesce(t.damaged_change, 0) as damaged_change,
    coalesce(t.quality_control_change, 0) as quality_control_change,
    coalesce(t.set_aside_change, 0) as set_aside_change,
    t.on_hand, t.held, t.committed,
    case when t.level_id is not null then coalesce(t.backordered, 0) end as backordered,
    case when t.level_id is not null then coalesce(t.damaged, 0) end as damaged,
    case when t.level_id is not null then coalesce(t.quality_control, 0) end as quality_control,
    case when t.level_id is not null then coalesce(t.set_aside, 0) end as set_aside,
    case when t.level_id is not null then coalesce(t.shortage, 0) end as shortage,
    t.on_hand - t.held - t.committed - coalesce(t.damaged, 0) - coalesce(t.quality_control, 0)
      - coalesce(t.set_aside, 0) as available,
    t.reservation_id, t.line_no as line, t.part_no as part, t.reason, t.document, t.actor_id,
    t.occurred_at, t.level_id,
    coalesce(t.held_backordered_change, 0) as held_backordered_change,
    case when t.level_id is not null then coalesce(t.held_backordered, 0) end as held_backordered
  from holdfast.inventory_transactions t
  left join holdfast.transaction_kinds k on k.kind = t.kind
  left join holdfast.levels l on l.tenant_id = t.tenant_id and l.level_id = t.level_id
  left join holdfast.skus s on s.tenant_id = t.tenant_id -- case: see reservation_answer
    and s.sku_id = case when l.level_id is null then t.sku_id else l.sku_id end
  left join holdfast.locations p
    on p.tenant_id = t.tenant_id and p.location_id =
      case when l.level_id is null then t.location_id else l.location_id end;
grant select on holdfast.transactions to holdfast_app, holdfast_read;

-- Every allocation, from the reservation's own row or from the allocations' table: both forms as
-- one.
-- select * from holdfast.reservation_allocations where sku = 'TEE-M' and held > 0;
-- inline tells that the allocation stands in the reservation's row. locks: none.
create or replace view holdfast.reservation_allocations with (security_invoker = true) as
  select a.tenant_id, a.reservation_id, a.line, a.part, s.code as sku, p.code as location,
    a.quantity, a.held, a.committed, a.backordered, a.held_backordered, a.fulfilled, a.released,
    a.expired, a.returned, a.expires_at, a.inline, a.level_id
  from (
    select r.tenant_id, r.reservation_id, 1 as line, 0 as part, r.level_id, r.sku_id,
      r.location_id, r.quantity, r.held, r.committed, r.backordered, r.held_backordered,
      r.fulfilled, r.released, r.expired, r.returned, r.expires_at, true as inline
    from holdfast.reservations r
    where r.quantity is not null
    union all
    select o.tenant_id, o.reservation_id, o.line_no, o.part_no, o.level_id, o.sku_id,
      o.location_id, o.quantity, o.held, o.committed, o.backordered, o.held_backordered,
      o.fulfilled, o.released, o.expired, o.returned, o.expires_at, false
    from holdfast.allocations o
  ) as a
  left join holdfast.levels l on l.tenant_id = a.tenant_id and l.level_id = a.level_id
  left join holdfast.skus s on s.tenant_id = a.tenant_id
    and s.sku_id = case when l.level_id is null then a.sku_id else l.sku_id end
  left join holdfast.locations p
    on p.tenant_id = a.tenant_id and p.location_id =
      case when l.level_id is null then a.location_id else l.location_id end;
grant select on holdfast.reservation_allocations to holdfast_app, holdfast_read;
