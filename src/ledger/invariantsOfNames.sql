-- The invariants of what has neither level nor slice: untracked SKUs, names, requests, walls.

-- Faults in the movements and allocations of untracked SKUs, which have no level.
-- p_tenant_id int. rows: one a fault.
-- One pass over all of them: they stand together in the index of the ledger.
-- locks: none.
create or replace function holdfast_engine_N.untracked_faults(p_tenant_id int)
returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with moved as (
    select t.reservation_id, t.line_no, t.part_no,
      sum(coalesce(t.held_change, 0)) as held, sum(coalesce(t.committed_change, 0)) as committed,
      bool_and(t.sku_id is not null) as named, bool_or(t.version is not null) as versioned
    from (
      select t.reservation_id, t.line_no, t.part_no, t.held_change, t.committed_change, t.sku_id,
        t.version
      from holdfast.inventory_transactions t
      where t.tenant_id = p_tenant_id and t.level_id is null
      union all -- the open ones' archived movements; a checkpoint needs no SKU
      select k.reservation_id, k.line_no, k.part_no, k.held, k.committed, 0, null
      from holdfast.promise_checkpoints k
      where k.tenant_id = p_tenant_id and k.level_id = 0
    ) as t
    group by t.reservation_id, t.line_no, t.part_no
  ), kept as (
    select r.reservation_id, 1 as line_no, 0 as part_no, r.held, r.committed, r.created_at
    from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.level_id is null and r.quantity is not null
    union all
    select a.reservation_id, a.line_no, a.part_no, a.held, a.committed, r.created_at
    from holdfast.allocations a
    left join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = a.reservation_id
    where a.tenant_id = p_tenant_id and a.level_id is null
  ), compared as (
    select coalesce(m.reservation_id, k.reservation_id) as reservation_id,
      format('line %s, part %s', coalesce(m.line_no, k.line_no), coalesce(m.part_no, k.part_no))
        as part,
      m.named, m.versioned, m.held as moved_held, m.committed as moved_committed, k.held,
      k.committed, k.created_at, m.named is not null as moved, k.reservation_id is not null as kept
    from moved m
    full join kept k on k.reservation_id = m.reservation_id and k.line_no = m.line_no
      and k.part_no = m.part_no
  )
  select 'movement_without_sku', null::int, c.reservation_id, c.part, 'a level or a SKU', null
  from compared c where c.moved and not c.named
  union all
  select 'movement_without_level', null, c.reservation_id, c.part, 'a level for its version', null
  from compared c where c.versioned
  union all
  select case when exists (select from holdfast.reservations r where r.tenant_id = p_tenant_id
      and r.reservation_id = c.reservation_id)
    then 'movement_without_allocation' else 'movement_without_reservation' end,
    null, c.reservation_id, c.part, 'an allocation', null
  from compared c where c.moved and c.named and not c.kept
  union all
  select 'allocation_without_movement', null, c.reservation_id, c.part,
    'movements that explain it', null
  from compared c
  where not c.moved and (c.held <> 0 or c.committed <> 0 -- closed ones may be in a file
    or c.created_at >= (
      select coalesce(holdfast_engine_N.ledger_begins(p_tenant_id), '-infinity')))
  union all
  select 'allocation_differs_from_ledger', null, c.reservation_id, c.part || ': ' || n.name,
    n.moved || '', coalesce(n.kept || '', 'null')
  from compared c
  cross join lateral (values ('held', c.moved_held, c.held),
    ('committed', c.moved_committed, c.committed)) as n (name, moved, kept)
  where c.moved and c.kept and n.moved is distinct from n.kept
$$;

-- Faults in the checkpoints of a tenant: altered, added or lost since they were written.
-- p_tenant_id int. rows: at most one.
-- Which one it is, its level tells: its next movement does not follow from it.
-- locks: none.
create or replace function holdfast_engine_N.checkpoint_faults(p_tenant_id int)
returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with found as (
    select coalesce((select sum(holdfast_engine_N.level_checksum(k))
      from holdfast.ledger_checkpoints k where k.tenant_id = p_tenant_id), 0)
      + coalesce((select sum(holdfast_engine_N.promise_checksum(k))
        from holdfast.promise_checkpoints k where k.tenant_id = p_tenant_id), 0) as total
  )
  select 'checkpoint_altered', null::int, null::uuid,
    coalesce('the checkpoints until ' || a.archived_until, 'checkpoints without an archive'),
    'the sum ' || coalesce(a.checkpoint_sum, 0), 'the sum ' || f.total
  from found f
  left join (
    select a.archived_until, a.checkpoint_sum from holdfast.ledger_archives a
    where a.tenant_id = p_tenant_id order by a.month desc limit 1
  ) as a on true
  where f.total <> coalesce(a.checkpoint_sum, 0)
$$;

-- Faults in what names the stock, in requests that never came to an end or whose grant is gone, and
-- in the walls between tenants.
-- p_now timestamptz; p_after text (null: from the first, and what has no name), p_until text:
-- names, codes and keys alike. rows: one a fault.
-- After 30 days a request keeps its key only, so an answer may then be missing.
-- locks: none.
create or replace function holdfast_engine_N.name_faults(
  p_tenant_id int, p_now timestamptz, p_after text, p_until text
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  with faults (code, what, expected, found) as (
    select 'code_without_sku', 'code ' || c.code, 'SKU ' || c.sku_id, null
    from holdfast.sku_codes c
    where c.tenant_id = p_tenant_id and c.code > coalesce(p_after, '') and c.code <= p_until
      and not exists (select from holdfast.skus s
        where s.tenant_id = p_tenant_id and s.sku_id = c.sku_id)
    union all
    select 'sku_without_code', 'SKU ' || s.code, 'its own code in sku_codes',
      coalesce(c.kind || ' code of SKU ' || c.sku_id, 'none')
    from holdfast.skus s
    left join holdfast.sku_codes c on c.tenant_id = p_tenant_id and c.code = s.code
    where s.tenant_id = p_tenant_id and s.merged_into is null
      and s.code > coalesce(p_after, '') and s.code <= p_until
      and (c.sku_id, c.kind, c.factor) is distinct from (s.sku_id, 'own', 1::bigint)
    union all
    select 'sku_merged_into_nothing', 'SKU ' || s.code, 'SKU ' || s.merged_into, null
    from holdfast.skus s
    where s.tenant_id = p_tenant_id and s.merged_into is not null
      and s.code > coalesce(p_after, '') and s.code <= p_until
      and not exists (select from holdfast.skus o
        where o.tenant_id = p_tenant_id and o.sku_id = s.merged_into)
    union all
    select 'variant_without_sku', 'variant ' || v.variant_id, 'SKU ' || v.sku_id, null
    from holdfast.variants v
    where v.tenant_id = p_tenant_id and p_after is null and not exists (select from holdfast.skus s
      where s.tenant_id = p_tenant_id and s.sku_id = v.sku_id)
    union all
    select 'variant_without_product', 'variant ' || v.variant_id, 'product ' || v.product_id, null
    from holdfast.variants v
    where v.tenant_id = p_tenant_id and p_after is null and not exists (
      select from holdfast.products t
      where t.tenant_id = p_tenant_id and t.product_id = v.product_id)
    union all
    select 'barcode_without_sku', 'barcode ' || b.barcode, 'SKU ' || b.sku_id, null
    from holdfast.barcodes b
    where b.tenant_id = p_tenant_id and b.barcode > coalesce(p_after, '') and b.barcode <= p_until
      and not exists (select from holdfast.skus s
        where s.tenant_id = p_tenant_id and s.sku_id = b.sku_id)
    union all
    select 'request_unfinished', 'key ' || q.key, 'an answer', 'none since ' || q.created_at
    from holdfast.requests q
    where q.tenant_id = p_tenant_id and q.key > coalesce(p_after, '') and q.key <= p_until
      and q.answer is null
      and q.created_at < p_now - interval '1 day' and q.created_at > p_now - interval '30 days'
    union all
    select 'grant_lost', 'key ' || q.key, 'reservation ' || (q.answer ->> 'reservation_id'), null
    from holdfast.requests q
    where q.tenant_id = p_tenant_id and q.key > coalesce(p_after, '') and q.key <= p_until
      and q.answer ? 'reservation_id'
      and not exists (select from holdfast.reservations r where r.tenant_id = p_tenant_id
        and r.reservation_id = (q.answer ->> 'reservation_id')::uuid)
    union all
    select 'wall_missing', 'table ' || c.relname, 'row-level security by tenant, forced', null
    from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where p_after is null and c.relnamespace = 'holdfast'::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition
      and not (c.relrowsecurity and c.relforcerowsecurity and exists (
        select from pg_catalog.pg_policy p
        where p.polrelid = c.oid and pg_get_expr(p.polqual, p.polrelid) like '%holdfast.tenant%'))
  )
  select f.code, null::int, null::uuid, f.what, f.expected, f.found from faults f
$$;
