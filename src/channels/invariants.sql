-- The invariants of channels' buffers, run by verify: see src/ledger/invariants.sql.

-- Faults in the buffers at a range of levels: a level keeps what its buffers keep, each buffer is
-- the sum of its moves, and each move has the movement that tells of it.
-- p_after int, p_until int: level ids, the first not included. rows: one a fault.
-- Movements of months that were archived are gone; the moves stay.
-- locks: none.
create or replace function holdfast_engine_N.buffer_faults(
  p_tenant_id int, p_after int, p_until int
) returns table (
  code text, level_id int, reservation_id uuid, what text, expected text, found text
)
language sql stable as $$
  select 'buffer_sum_wrong', l.level_id, null::uuid, 'kept, of what is to be kept',
    s.units || ' of ' || s.size, l.buffered || ' of ' || l.buffer_size
  from holdfast.levels l
  cross join lateral (
    select coalesce(sum(b.units), 0) as units, coalesce(sum(b.size), 0) as size
    from holdfast.channel_buffers b
    where b.tenant_id = p_tenant_id and b.level_id = l.level_id
  ) as s
  where l.tenant_id = p_tenant_id and l.level_id > p_after and l.level_id <= p_until
    and (l.buffered, l.buffer_size) is distinct from (s.units, s.size)
  union all
  select 'buffer_differs_from_moves', coalesce(b.level_id, m.level_id), null::uuid,
    'channel ' || coalesce(b.channel_id, m.channel_id), coalesce(m.units, 0) || '',
    coalesce(b.units, 0) || ''
  from (
    select b.level_id, b.channel_id, b.units from holdfast.channel_buffers b
    where b.tenant_id = p_tenant_id and b.level_id > p_after and b.level_id <= p_until
  ) as b
  full join (
    select m.level_id, m.channel_id, sum(m.change) as units from holdfast.buffer_moves m
    where m.tenant_id = p_tenant_id and m.level_id > p_after and m.level_id <= p_until
    group by m.level_id, m.channel_id
  ) as m on m.level_id = b.level_id and m.channel_id = b.channel_id
  where coalesce(m.units, 0) <> coalesce(b.units, 0)
  union all
  select 'buffer_move_without_movement', m.level_id, null::uuid, 'version ' || m.version,
    'a movement', null
  from holdfast.buffer_moves m
  where m.tenant_id = p_tenant_id and m.level_id > p_after and m.level_id <= p_until
    and m.version > coalesce((
      select k.version from holdfast.ledger_checkpoints k
      where k.tenant_id = p_tenant_id and k.level_id = m.level_id), 0)
    and not exists (
      select from holdfast.inventory_transactions t
      where t.tenant_id = p_tenant_id and t.level_id = m.level_id and t.version = m.version)
  union all
  select 'buffer_movement_without_move', t.level_id, null::uuid, 'version ' || t.version,
    'what it did to a buffer', null
  from holdfast.inventory_transactions t
  where t.tenant_id = p_tenant_id and t.level_id > p_after and t.level_id <= p_until
    and t.kind = 32 and not exists (
      select from holdfast.buffer_moves m
      where m.tenant_id = p_tenant_id and m.level_id = t.level_id and m.version = t.version)
  union all
  select 'buffer_without_channel', b.level_id, null::uuid, 'channel ' || b.channel_id,
    'a channel that is open', null
  from holdfast.channel_buffers b
  where b.tenant_id = p_tenant_id and b.level_id > p_after and b.level_id <= p_until
    and not exists (
      select from holdfast.channels c
      where c.tenant_id = p_tenant_id and c.channel_id = b.channel_id and c.archived_at is null)
$$;
