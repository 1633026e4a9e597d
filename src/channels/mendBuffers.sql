-- Corrects the buffers of a level where they are not what their moves say.
-- p_level_id int: locked. answer: an array of at most one correction.
-- For a repair: the verbs keep both together. No counter of the ledger changes by it, so there is
-- no movement.
-- locks: the buffers' rows, under the level.
create or replace function holdfast_engine_N.correct_buffers(p_tenant_id int, p_level_id int)
returns jsonb
language plpgsql volatile as $$
declare
  v_faults jsonb;
begin
  select jsonb_agg(jsonb_build_object('what', 'buffers: ' || f.what, 'from', f.found,
    'to', f.expected) order by f.what)
  into v_faults
  from holdfast_engine_N.buffer_faults(p_tenant_id, p_level_id - 1, p_level_id) as f
  where f.code in ('buffer_sum_wrong', 'buffer_differs_from_moves');
  if v_faults is null then
    return '[]';
  end if;
  perform holdfast_engine_N.mend_buffers(p_tenant_id, p_level_id);
  return jsonb_build_array(
    holdfast_engine_N.correction('buffers', 'buffers_by_moves', v_faults, p_level_id));
end $$;

-- Brings the buffers of a level to what their moves say, and the level to their sums.
-- p_level_id int: locked. answer: nothing.
-- A buffer is never larger than a sum of moves that was bounded when it was written.
-- locks: the buffers' rows, under the level.
create or replace function holdfast_engine_N.mend_buffers(p_tenant_id int, p_level_id int)
returns void
language plpgsql volatile as $$
begin
  delete from holdfast.channel_buffers b
  where b.tenant_id = p_tenant_id and b.level_id = p_level_id;
  insert into holdfast.channel_buffers (
    tenant_id, level_id, channel_id, size, units, changed_at
  )
  select p_tenant_id, p_level_id, m.channel_id, m.size, s.units, holdfast.clock()
  from (
    select distinct on (m.channel_id) m.channel_id, m.size from holdfast.buffer_moves m
    where m.tenant_id = p_tenant_id and m.level_id = p_level_id
    order by m.channel_id, m.version desc
  ) as m
  cross join lateral (
    select sum(o.change) as units from holdfast.buffer_moves o
    where o.tenant_id = p_tenant_id and o.level_id = p_level_id
      and o.channel_id = m.channel_id
  ) as s
  where m.size > 0;
  update holdfast.levels l set buffered = s.units, buffer_size = s.size
  from (
    select coalesce(sum(b.units), 0) as units, coalesce(sum(b.size), 0) as size
    from holdfast.channel_buffers b
    where b.tenant_id = p_tenant_id and b.level_id = p_level_id
  ) as s
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
end $$;
